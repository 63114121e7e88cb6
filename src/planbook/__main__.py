"""Run the command line by ``python -m planbook``."""

from planbook.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
