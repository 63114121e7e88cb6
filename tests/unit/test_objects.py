"""Objects by their hash, trees laid out from them, and what makes two machines equal."""

from __future__ import annotations

import hashlib
import json

import pytest

from planbook.errors import BuildError, PlanbookError
from planbook.execute.cache.program import difference, identity
from planbook.execute.cluster.objects import Objects
from planbook.execute.cluster.trees import lay_out, pack
from planbook.execute.cluster.worker import Parcel, perform
from planbook.execute.order import Order
from planbook.files.hashing import as_json

HERE = {"version": "2.0", "package": "aa", "packages": ["numpy-2.4.6", "pandas-3.1.1"]}


@pytest.fixture(params=["folder", "store"])
def objects(request, tmp_path):
    """Objects in a folder, and in a store that knows neither folders nor renames."""
    if request.param == "folder":
        return Objects(str(tmp_path / "objects"))
    return Objects(f"memory://{tmp_path.name}")


def test_an_object_is_named_by_its_hash_and_stored_once(objects):
    name = objects.put(b"six bytes"[:6])
    assert name == hashlib.sha256(b"six by").hexdigest()
    assert objects.put_all([b"other", b"six by"])[1] == name
    assert objects.get(name) == b"six by"
    many = objects.put_all(str(number).encode() for number in range(40))  # by one listing
    assert objects.put_all(str(number).encode() for number in range(40)) == many
    assert objects.get_all(many)[many[39]] == b"39"


def test_what_was_cut_off_is_stored_again(objects):
    name = objects.put(b"whole")
    objects._files.pipe_file(objects._path(name), b"who")
    assert objects.put(b"whole") == name
    assert objects.get(name) == b"whole"


@pytest.mark.parametrize(
    ("call", "use", "what"),
    [
        ("pipe", lambda objects: objects.put(b"new"), "written to"),
        ("info", lambda objects: objects.put(b"new"), "written to"),
        ("cat", lambda objects: objects.get("0" * 64), "read from"),
    ],
)
def test_a_store_that_refuses_is_told_in_a_line(tmp_path, monkeypatch, call, use, what):
    """Clients of stores raise errors of their own kinds, which are no OSError."""
    objects = Objects(f"memory://{tmp_path.name}")

    class NoCredentials(Exception):
        pass

    def refuse(*_arguments, **_more):
        raise NoCredentials("unable to locate credentials")

    monkeypatch.setattr(objects._files, call, refuse)
    with pytest.raises(BuildError, match=f"cannot be {what}: unable to locate .*; give a place"):
        use(objects)


def test_a_damaged_or_missing_object_is_refused(objects):
    name = objects.put(b"36 ug/m3")
    objects._files.pipe_file(objects._path(name), b"35 ug/m3")
    with pytest.raises(BuildError, match=rf"object {name[:12]} of .* is damaged: .* remove it"):
        objects.get(name)
    objects._files.rm(objects._path(name))
    with pytest.raises(BuildError, match=rf"object {name[:12]} is not in .*; give --objects"):
        objects.get(name)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nosuch://bucket", r"--objects nosuch://bucket: .*nosuch.*; give a folder"),
        ("s3://bucket/x", r"--objects s3://bucket/x: .*s3fs"),
    ],
)
def test_an_address_that_is_not_understood_is_named(address, message, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(PlanbookError, match=message):
        Objects(address)


def test_a_tree_holds_what_a_city_reads_and_is_laid_out_once(project, objects, tmp_path):
    other = project.cities / "elsewhere"
    other.mkdir()
    (other / "city.yml").write_text("id: elsewhere\n", encoding="utf-8")
    (project.city("smallville") / "imports").mkdir()
    (project.city("smallville") / "imports" / ".lock").touch()
    tree = pack(project, "smallville", objects)
    names = set(json.loads(objects.get(tree)))
    assert {
        "data/cities/smallville/city.yml",
        "data/departments.yml",
        "notebooks/12_air.ipynb",
    } <= names
    assert [name for name in names if "elsewhere" in name or ".lock" in name] == []

    root = lay_out(tree, objects, tmp_path / "cache")
    source = project.city("smallville") / "observations" / "air.csv"
    laid = root / "data" / "cities" / "smallville" / "observations" / "air.csv"
    assert laid.read_bytes() == source.read_bytes()
    objects._files.rm(objects._base, recursive=True)  # nothing is fetched a second time
    assert lay_out(tree, objects, tmp_path / "cache") == root

    assert pack(project, "smallville", objects) == tree
    source.write_bytes(source.read_bytes().replace(b",36,", b",35,"))
    changed = pack(project, "smallville", objects)
    assert changed != tree
    second = lay_out(changed, objects, tmp_path / "cache")
    shared = "data/departments.yml"
    assert (second / shared).samefile(root / shared)
    assert {path.name for path in root.parent.iterdir()} == {tree, changed}


def test_a_damaged_tree_leaves_nothing_that_looks_whole(project, tmp_path):
    objects, cache = Objects(str(tmp_path / "objects")), tmp_path / "cache"
    tree = pack(project, "smallville", objects)
    name = json.loads(objects.get(tree))["data/departments.yml"]
    (tmp_path / "objects" / name[:2] / name[2:]).write_bytes(b"departments: {}")
    with pytest.raises(BuildError, match=f"object {name[:12]} .*damaged"):
        lay_out(tree, objects, cache)
    assert not (cache / "trees").exists()

    parcel = Parcel(
        0,
        "t",
        Order("12_air.ipynb", "", {"lang": "en"}),
        objects.put(b"{}"),
        tree,
        objects.address,
        as_json(identity()),
    )
    assert perform(parcel) == {
        "failure": f"12_air.ipynb (en): object {name[:12]} of {objects.address} is damaged: its "
        "content has another hash than its name; remove it there and build again"
    }


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside", "a\\b"])
def test_a_path_that_leads_out_of_the_tree_is_refused(path, tmp_path):
    objects = Objects(str(tmp_path / "objects"))
    tree = objects.put(json.dumps({path: objects.put(b"x")}).encode())
    with pytest.raises(BuildError, match="leads out of the tree"):
        lay_out(tree, objects, tmp_path / "cache" / "deep")
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({}, ""),
        ({"version": "1.9"}, "it has planbook 1.9, this build has 2.0"),
        ({"package": "bb"}, "its planbook 2.0 has other files than this build's"),
        (
            {"packages": ["numpy-2.4.6", "pandas-3.1.0"]},
            "other packages are installed: pandas-3.1.0 (there only), pandas-3.1.1 (here only)",
        ),
        (
            {"packages": []},
            "other packages are installed: numpy-2.4.6 (here only), pandas-3.1.1 (here only)",
        ),
    ],
)
def test_machines_are_equal_in_package_and_packages(there, told):
    assert difference(HERE, {**HERE, **there}) == told
    assert (as_json(HERE) == as_json({**HERE, **there})) == (not told)


def test_a_worker_refuses_an_order_of_another_version(tmp_path):
    parcel = Parcel(
        0, "t", Order("12_air.ipynb", "", {"lang": "zh"}), "", "", str(tmp_path), as_json(HERE)
    )
    assert perform(parcel) == {
        "failure": "12_air.ipynb (zh): this worker has another planbook or other packages than "
        "the build; install the same there and restart it"
    }
