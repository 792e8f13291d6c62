"""What the deploy gate and linters of migrations say of the same labelled cases: ``tox -e linters``."""
