"""Routes of the payments app (design: domain.md section 5)."""

from django.urls import path

from . import deep_health, flow_views, metrics, views, webhook_views

urlpatterns = [
    path("health", views.health_check, name="health_check"),
    path("health/deep", deep_health.health_deep, name="health_deep"),
    path("health/metrics", metrics.health_metrics, name="health_metrics"),
    path("v1/pay", flow_views.process_payment_flow, name="process_payment_flow"),
    path("v1/tbank-pay", flow_views.process_payment_flow, name="tbank_pay_legacy"),
    path("v1/yook-pay", flow_views.process_payment_flow, name="yook_pay_legacy"),
    path("v1/initiate-payment", flow_views.initiate_payment, name="initiate_payment"),
    path("v1/order-status-page", flow_views.order_status_page, name="order_status_page"),
    path("v1/order-status/<str:order_id>", flow_views.get_order_status, name="get_order_status"),
    path(
        "v1/yook-pay-webhook",
        webhook_views.yookassa_payment_result_webhook,
        name="yookassa_payment_result_webhook",
    ),
    path("v1/tbank-pay-webhook", webhook_views.tbank_payment_notification, name="tbank_payment_notification"),
    path("v1/process_payment/", flow_views.process_payment, name="process_payment"),
]
