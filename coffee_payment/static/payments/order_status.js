// The order's page: fetches the state, shows it, and polls until it is final.
"use strict";

(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const at = (id) => document.getElementById(id);
  const orderId = read("order-id");
  const texts = read("texts");

  const POLLED = new Set(["pending", "paid", "make_pending"]);
  const PAYABLE = new Set(["created", "not_paid"]);
  const OPEN = new Set(["pending", ...PAYABLE]);
  const EXPIRING = new Set(["created", "not_paid", ...POLLED]);
  const TONES = {
    created: "plain", pending: "busy", paid: "busy", make_pending: "busy", successful: "good",
    not_paid: "bad", failed: "bad", make_failed: "warn", manual_make: "warn",
  };
  const POLL_MS = 1000;
  const LONGEST_POLL_MS = 16000;
  const TIMEOUT_MS = 10000;

  let wait = POLL_MS;
  let timer = null;
  let order = null;
  let busy = false;

  function show(id, text) {
    at(id).textContent = text;
    at(id).hidden = text === "";
  }

  function say(status, tone, text) {
    const line = at("status");
    line.dataset.status = status;
    line.dataset.tone = tone;
    line.textContent = text;
  }

  async function request(address, options = {}) {
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), TIMEOUT_MS);
    try {
      const answer = await fetch(address, { ...options, signal: stop.signal, credentials: "omit", cache: "no-store" });
      return { ok: answer.ok, body: await answer.json() };
    } finally {
      clearTimeout(limit);
    }
  }

  const isExpired = () => order.expires_at !== null && Date.now() > Date.parse(order.expires_at);

  function description() {
    const device = order.device[`client_info_${order.status}`];
    if (order.status === "manual_make" && !device) return texts.page.see_staff;
    return order.failed_presentation_desc || texts.statuses[order.status] || texts.page.created;
  }

  function showOrder() {
    const expired = EXPIRING.has(order.status) && isExpired();
    say(order.status, expired && POLLED.has(order.status) ? "plain" : TONES[order.status], description());
    show("warning", expired ? texts.page.expired_warning : "");
    show("drink", order.drink_name);
    show("size", order.drink_size);
    show("address", order.device.location);
    show("price", new Intl.NumberFormat("ru-RU", { style: "currency", currency: "RUB" }).format(order.price));
    at("order").hidden = false;
    at("logo").hidden = !order.device.logo_url;
    if (order.device.logo_url && at("logo").src !== order.device.logo_url) at("logo").src = order.device.logo_url;
    const html = order.status === "created" ? order.device.client_info : order.device[`client_info_${order.status}`];
    // Sanitised on the server, each time it is shown.
    at("device-text").innerHTML = html || "";
    at("device-text").hidden = !html;
    at("reload").hidden = true;
    showPayment(OPEN.has(order.status) && !expired);
    return POLLED.has(order.status) && !expired;
  }

  function showPayment(payable) {
    at("payment").hidden = !payable;
    at("pay").textContent = { not_paid: texts.page.retry, pending: texts.page.go_on }[order.status] || texts.page.pay;
    const asks = payable && PAYABLE.has(order.status) && order.asks_email;
    at("email-field").hidden = !asks;
    at("email").required = asks && order.is_receipt_mandatory;
    at("email-hint").textContent = order.is_receipt_mandatory ? texts.page.email_hint
      : `${texts.page.email_hint} ${texts.page.email_optional}`;
    checkEmail();
  }

  function checkEmail() {
    const field = at("email");
    const asked = !at("email-field").hidden;
    const valid = !asked || field.checkValidity();
    field.setAttribute("aria-invalid", String(asked && field.value !== "" && !valid));
    at("pay").disabled = busy || !valid;
    return valid;
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(load, wait);
  }

  async function load() {
    let answer;
    try {
      answer = await request(`/v1/order-status/${encodeURIComponent(orderId)}`);
    } catch {
      lost();
      return;
    }
    if (!answer.ok) {
      if (order === null) refused(answer.body.error);
      else lost();
      return;
    }
    if (busy) return;
    wait = POLL_MS;
    order = answer.body;
    if (showOrder()) plan();
  }

  function refused(text) {
    say("error", "bad", text || texts.page.network_error);
    at("reload").hidden = false;
  }

  // While polling, a lost connection only makes the pause longer; on load the customer retries.
  function lost() {
    if (order === null) {
      refused(texts.page.network_error);
      return;
    }
    wait = Math.min(wait * 2, LONGEST_POLL_MS);
    plan();
  }

  async function pay(event) {
    event.preventDefault();
    if (busy || !checkEmail()) return;
    busy = true;
    clearTimeout(timer);
    at("pay").disabled = true;
    show("warning", "");
    say("paying", "busy", texts.info.loading_payment);
    const email = at("email-field").hidden ? "" : at("email").value.trim();
    try {
      const answer = await request("/v1/initiate-payment", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(email ? { order_id: orderId, email } : { order_id: orderId }),
      });
      if (answer.ok) {
        say("redirecting", "busy", texts.info.redirecting);
        window.location.assign(answer.body.redirect_url);
        return;
      }
      again(answer.body.error || texts.errors.payment_creation_failed);
    } catch {
      again(texts.page.network_error);
    }
  }

  async function again(text) {
    busy = false;
    await load();
    show("warning", text);
  }

  at("payment").addEventListener("submit", pay);
  at("email").addEventListener("input", checkEmail);
  at("reload").addEventListener("click", () => {
    at("reload").hidden = true;
    say("loading", "busy", texts.info.loading_order_info);
    load();
  });
  window.addEventListener("pageshow", (event) => {
    // Back from the provider's page: the browser may show the page as it was.
    if (event.persisted) { busy = false; load(); }
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) clearTimeout(timer);
    else if (order !== null && POLLED.has(order.status)) { wait = POLL_MS; load(); }
  });

  say("loading", "busy", texts.info.loading_order_info);
  load();
})();
