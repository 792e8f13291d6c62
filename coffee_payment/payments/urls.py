"""Routes of the payments app (docs/domain.md, section 5). Each provider names the path of its webhook."""

from django.urls import path

from . import views, webhooks
from .health import deep, metrics, readiness
from .pages import payment, scan, status
from .providers import registry

urlpatterns = [
    path("health", views.health_check, name="health_check"),
    path("health/ready", readiness.health_ready, name="health_ready"),
    path("health/deep", deep.health_deep, name="health_deep"),
    path("health/metrics", metrics.health_metrics, name="health_metrics"),
    path("v1/pay", scan.process_payment_flow, name="process_payment_flow"),
    path("v1/tbank-pay", scan.process_payment_flow, name="tbank_pay_legacy"),
    path("v1/yook-pay", scan.process_payment_flow, name="yook_pay_legacy"),
    path("v1/initiate-payment", payment.initiate_payment, name="initiate_payment"),
    path("v1/order-status-page", status.order_status_page, name="order_status_page"),
    path("v1/order-status/<str:order_id>", status.get_order_status, name="get_order_status"),
    path("v1/process_payment/", payment.process_payment, name="process_payment"),
    *(path(hook.path, webhooks.view_of(hook), name=hook.url_name) for hook in registry.webhooks()),
]
