"""The themes of a chapter: the name in a notebook, and the module and class behind it."""

THEMES = {
    "series": ("planbook.report.series.calls", "SeriesCalls"),
    "targets": ("planbook.report.targets.calls", "TargetCalls"),
    "certainty": ("planbook.report.targets.certainty_calls", "CertaintyCalls"),
    "plan": ("planbook.report.targets.plan_calls", "PlanCalls"),
    "drivers": ("planbook.report.drivers.calls", "DriverCalls"),
    "synergy": ("planbook.report.synergy.calls", "SynergyCalls"),
    "inventory": ("planbook.report.inventory.calls", "InventoryCalls"),
    "scenarios": ("planbook.report.scenarios.calls", "ScenarioCalls"),
    "peers": ("planbook.report.peers.calls", "PeerCalls"),
    "changes": ("planbook.report.changes.calls", "ChangeCalls"),
    "forecast_explorer": ("planbook.widgets.forecast_calls", "ForecastExplorerCalls"),
    "scenario_explorer": ("planbook.widgets.scenario_calls", "ScenarioExplorerCalls"),
    "what_if_explorer": ("planbook.widgets.what_if_calls", "WhatIfExplorerCalls"),
}
