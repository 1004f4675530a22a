"""The tables behind the embedded marketplace. Every row has ``uuid`` (32 hex digits), ``created`` and ``modified``."""

_COLUMNS = {
    "customers": "name, slug",
    "users": "username, first_name, last_name, email, token, sshkeys, attributes",
    "owners": "customer, user, UNIQUE (customer, user)",
    "managers": "offering, user, UNIQUE (offering, user)",
    "projects": "name, slug, customer, start_date, end_date",
    "project_roles": "project, user, role, expiration_time, UNIQUE (project, user, role)",
    "service_providers": "customer UNIQUE",
    "offerings": (
        "name, slug, customer, state, shared, backend_metadata, plugin_options, secret_options, hidden_attributes"
    ),
    "components": (
        "offering, type, name, measured_unit, billing_type, limit_period, unit_factor, max_value,"
        " max_available_limit, is_prepaid, UNIQUE (offering, type)"
    ),
    "plans": "offering, name, quotas",
    "partitions": "offering, partition_name, fields, UNIQUE (offering, partition_name)",
    "resources": (
        "name, slug, offering, project, plan, state, backend_id, limits, current_usages, backend_metadata, report,"
        " paused, downscaled, restrict_member_access, last_sync, activated, ended, error_message, error_traceback,"
        " allocation_ok, end_date"
    ),
    "orders": (
        "resource, type, state, limits, attributes, backend_id, error_message, error_traceback,"
        " consumer_reviewed_at, provider_reviewed_at, plan, old_plan, start_date, provider_rejection_comment"
    ),
    "offering_users": (
        "offering, user, username, state, is_restricted, uidnumber, primarygroup, home_dir, login_shell,"
        " service_provider_comment, service_provider_comment_url, UNIQUE (offering, user)"
    ),
    "robot_accounts": (
        "resource, type, username, state, sshkeys, uidnumber, primarygroup, error_message, UNIQUE (resource, type)"
    ),
    "service_accounts": "kind, project, customer, user, username, description, email, state, token, error_message",
    "project_groups": "offering, project, gid",
    "component_usages": (
        "resource, component, usage, date, billing_period, description, recurring,"
        " UNIQUE (resource, component, billing_period)"
    ),
    "user_usages": "component_usage, username, user, usage, date, UNIQUE (component_usage, username)",
}

_INDEXES = (
    "CREATE INDEX IF NOT EXISTS orders_by_resource ON orders (resource)",
    "CREATE INDEX IF NOT EXISTS resources_by_offering ON resources (offering)",
    "CREATE INDEX IF NOT EXISTS resources_by_project ON resources (project)",
    "CREATE INDEX IF NOT EXISTS roles_by_user ON project_roles (user)",
    "CREATE INDEX IF NOT EXISTS groups_by_project ON project_groups (project)",
    "CREATE INDEX IF NOT EXISTS users_by_uid ON offering_users (uidnumber)",
    "CREATE INDEX IF NOT EXISTS users_by_offering ON offering_users (offering, created)",
    "CREATE INDEX IF NOT EXISTS roles_by_creation ON project_roles (created)",
)

STATEMENTS = (
    *(
        f"CREATE TABLE IF NOT EXISTS {table} (uuid PRIMARY KEY, created, modified, {columns})"
        for table, columns in _COLUMNS.items()
    ),
    *_INDEXES,
)

JSON_COLUMNS = frozenset(
    {
        "attributes",
        "backend_metadata",
        "current_usages",
        "fields",
        "hidden_attributes",
        "limits",
        "plugin_options",
        "quotas",
        "report",
        "secret_options",
        "sshkeys",
    }
)

FLAG_COLUMNS = frozenset(
    {
        "allocation_ok",
        "downscaled",
        "is_prepaid",
        "is_restricted",
        "paused",
        "recurring",
        "restrict_member_access",
        "shared",
    }
)
