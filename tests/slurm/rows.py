"""Rows as ``show assoc`` prints them, for tests that need some."""

COLUMNS = (
    *("Cluster", "Account", "ParentName", "User", "Partition"),
    *("GrpTRESMins", "GrpTRES", "GrpTRESRunMins", "MaxTRESPerJob", "GrpJobs", "GrpSubmit", "GrpWall"),
    *("MaxSubmit", "Fairshare", "QOS", "DefaultQOS"),
)


def row(account: str, parent: str = "", user: str = "", cluster: str = "lab", **shown: str) -> str:
    """A row with the columns that are given; Fairshare is 1 unless it is said otherwise."""
    values = {"Cluster": cluster, "Account": account, "ParentName": parent, "User": user, "Fairshare": "1", **shown}
    return "|".join(values.get(column, "") for column in COLUMNS)
