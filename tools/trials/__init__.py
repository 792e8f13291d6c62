"""The gate on odd machines and under faults: how each trial must end."""
