// Only what makes pages quicker to use: each of them works without this file.

const focus = (element) => {
  if (!element.matches("a, button, input, [tabindex]")) element.tabIndex = -1;
  element.focus();
};

const canShare = () => {
  try { return navigator.canShare?.({ files: [new File([""], "code.png", { type: "image/png" })] }); } catch { return false; }
};

const reveal = () => {
  document.querySelectorAll("[data-copy], [data-print]").forEach((button) => { button.hidden = false; });
  document.querySelectorAll("[data-share]").forEach((button) => { button.hidden = !canShare(); });
};

// A form is sent once; its button says so.
const rest = (form) => {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
};

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if ("sent" in form.dataset) return event.preventDefault(), event.stopImmediatePropagation();
  form.dataset.sent = "";
  (event.submitter ?? form.querySelector("button"))?.setAttribute("aria-busy", "true");
  setTimeout(rest, 15000, form);
}, true);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(rest));
addEventListener("htmx:finally:request", ({ detail: { ctx } }) => ctx.request.form && rest(ctx.request.form));

addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) return print();
  await navigator.clipboard.writeText(button.dataset.copy);
  const word = button.querySelector("span");
  word.textContent = button.dataset.done;
  setTimeout(() => { word.textContent = ""; }, 2000);
});

// A phone cannot scan its own screen: the picture goes to the app of the bank. What cannot be had is saved or asked for
// anew by opening its address.
addEventListener("click", async ({ target }) => {
  const address = target.closest("[data-share]")?.dataset.share;
  if (!address) return;
  try {
    const answer = await fetch(address);
    const picture = await answer.blob();
    if (!answer.ok || picture.type !== "image/png") return location.assign(address);
    await navigator.share({ files: [new File([picture], "UPN-QR.png", { type: picture.type })] });
  } catch ({ name }) {
    if (name !== "AbortError") location.assign(address);
  }
});

// After a swap that the person asked for (not a poll), focus goes to what matters in it.
addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  reveal();
  if (!ctx.sourceEvent?.isTrusted) return;
  const swapped = document.getElementById(ctx.target?.id) ?? ctx.target;
  const found = swapped?.querySelector("[data-focus], [role=alert], h1");
  if (found) focus(found);
});

// A page that stays open gets old: what was true for some seconds only goes, and what is true after them appears.
const opened = Date.now();
const units = (count, unit) =>
  new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(count);
const left = (seconds) => {
  const minutes = Math.max(1, Math.floor(seconds / 60));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours && units(hours, "hour"), rest && units(rest, "minute")].filter(Boolean).join(" ");
};
const age = () => {
  const passed = (Date.now() - opened) / 1000;
  document.querySelectorAll("[data-left]").forEach((time) => { time.textContent = left(time.dataset.left - passed); });
  document.querySelectorAll("[data-only-for]").forEach((words) => { words.hidden = passed > words.dataset.onlyFor; });
  document.querySelectorAll("[data-only-after]").forEach((words) => { words.hidden = passed < words.dataset.onlyAfter; });
};
setInterval(age, 10000);
["pageshow", "visibilitychange"].forEach((name) => addEventListener(name, age));

// The code comes from the SMS by itself where the browser can (WebOTP); sending the form ends the waiting.
const code = document.querySelector("[autocomplete=one-time-code]");
if (code?.form && "OTPCredential" in window) {
  const waiting = new AbortController();
  code.form.addEventListener("submit", () => waiting.abort());
  navigator.credentials.get({ otp: { transport: ["sms"] }, signal: waiting.signal })
    .then((otp) => { code.value ||= otp.code; code.form.querySelector("button:not([name])")?.focus(); }, () => {});
}

reveal();
document.querySelectorAll("[data-focus]").forEach(focus);
