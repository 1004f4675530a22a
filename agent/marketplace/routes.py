"""The routes of the Waldur API that the agent uses, below ``/api/``."""

OFFERING = "marketplace-provider-offerings/{uuid}/"
OFFERING_METADATA = "marketplace-provider-offerings/{uuid}/set_backend_metadata/"
OFFERING_FEED = "marketplace-provider-offerings/{uuid}/glauth_users_config/"
OFFERING_CUSTOMER_USERS = "marketplace-provider-offerings/{uuid}/list_customer_users/"
OFFERING_UNIQUE_ID = "marketplace-provider-offerings/{uuid}/check_unique_backend_id/"

ORDERS = "marketplace-orders/"
ORDER = "marketplace-orders/{uuid}/"
ORDER_APPROVE = "marketplace-orders/{uuid}/approve_by_provider/"
ORDER_DONE = "marketplace-orders/{uuid}/set_state_done/"
ORDER_ERRED = "marketplace-orders/{uuid}/set_state_erred/"
ORDER_EXECUTING = "marketplace-orders/{uuid}/set_state_executing/"
ORDER_REJECT = "marketplace-orders/{uuid}/reject_by_provider/"

RESOURCES = "marketplace-provider-resources/"
RESOURCE = "marketplace-provider-resources/{uuid}/"
RESOURCE_BACKEND_ID = "marketplace-provider-resources/{uuid}/set_backend_id/"
RESOURCE_METADATA = "marketplace-provider-resources/{uuid}/set_backend_metadata/"
RESOURCE_TEAM = "marketplace-provider-resources/{uuid}/team/"
RESOURCE_REPORT = "marketplace-provider-resources/{uuid}/submit_report/"
ALLOCATION_STATE = "marketplace-slurm-remote/{uuid}/set_state/"

OFFERING_USERS = "marketplace-offering-users/"
OFFERING_USER = "marketplace-offering-users/{uuid}/"

SERVICE_PROVIDERS = "marketplace-service-providers/"
PROJECT_PERMISSIONS = "marketplace-service-providers/{uuid}/project_permissions/"

COMPONENT_USAGES = "marketplace-component-usages/"
SET_USAGE = "marketplace-component-usages/set_usage/"
SET_USER_USAGE = "marketplace-component-usages/{uuid}/set_user_usage/"
SET_USER_USAGES = "marketplace-component-usages/{uuid}/set_user_usages/"
