"""The demo: a synthetic town's weekend, played end to end and summed up for a councillor."""
