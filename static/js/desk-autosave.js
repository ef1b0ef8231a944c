'use strict';

// Sends what is typed into a form of the desk to the server every few seconds, until it is saved. Without it the form
// works as it is.
document.addEventListener('DOMContentLoaded', () => {
  const place = document.getElementById('desk-open-form');
  const form = place?.closest('form');
  if (!form) return;

  const KEEP_EVERY = 3000;
  const ASK_EVERY = 10000;
  const DOUBLE_CLICK = 3000;
  const { address, isUnsaved, loggedOut, lockedOut, unreachable } = place.dataset;
  const state = document.getElementById('desk-kept');
  const notices = document.getElementById('desk-colleagues');
  const typed = () => new URLSearchParams(new FormData(form)).toString();
  let kept = isUnsaved ? '' : typed();
  let isAsking = false;
  let askedAt = Date.now();

  const marked = (fields, ...marks) => {
    const body = new URLSearchParams(fields);
    marks.forEach((mark) => body.set(mark, '1'));
    return body;
  };

  const nothingNew = (...marks) => {
    const own = [...new URLSearchParams(typed())].filter(([name]) => ['_form', 'csrfmiddlewaretoken'].includes(name));
    return marked(own, '_nothing_new', ...marks);
  };

  // Said only where it differs, so that a screen reader is not told the same again and again.
  const say = (element, words) => {
    if (element.textContent !== words) element.textContent = words;
  };

  // Whoever logs in, in whichever tab, makes the token of every open form an old one.
  const renewToken = async () => {
    const response = await fetch(address);
    if (response.redirected || !response.ok) return false;
    const { token } = await response.json();
    document.querySelectorAll('[name="csrfmiddlewaretoken"]').forEach((field) => { field.value = token; });
    return true;
  };

  const ask = async () => {
    const now = typed();
    const isNew = now !== kept;
    if (isAsking || (!isNew && Date.now() - askedAt < ASK_EVERY)) return;
    isAsking = true;
    askedAt = Date.now();
    try {
      const response = await fetch(address, { method: 'POST', body: isNew ? marked(now) : nothingNew() });
      if (response.status === 403) {
        say(state, await renewToken() ? '' : lockedOut);
        return;
      }
      if (response.redirected) {
        if (isNew) kept = now;
        say(state, loggedOut);
        return;
      }
      const answer = await response.json();
      if (isNew) kept = now;
      if (answer.state) say(state, answer.state);
      say(notices, (answer.notices ?? []).join(' '));
    } catch {
      say(state, unreachable);
    } finally {
      isAsking = false;
    }
  };

  const leave = () => {
    const now = typed();
    navigator.sendBeacon(address, now === kept ? nothingNew('_closing') : marked(now, '_closing'));
  };

  // The second press of a double click would be a save of an old version.
  let submittedAt = 0;
  form.addEventListener('submit', (event) => {
    if (Date.now() - submittedAt < DOUBLE_CLICK) event.preventDefault();
    else submittedAt = Date.now();
  });

  setInterval(ask, KEEP_EVERY);
  addEventListener('pagehide', leave);
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    askedAt = 0;
    ask();
  });
});
