// Live updates. One socket asks for the topics of every [data-live] on the page; when one of them changes, its elements
// get the event "hint". What an element does then is its own affair: htmx fetches it anew (hx-trigger="hint"), with
// data-live-renew it is fetched without htmx, whose weight her phone need not carry, and with data-live-show it shows its words. Without a socket nothing happens and the page works as ever.
(() => {
  "use strict";
  const SHORTEST = 1000, LONGEST = 60000; // pauses before trying again, in milliseconds
  const BREATH = 1000; // hints of one topic that come closer together than this are one
  const SLOW = 1500; // a page that needed longer for its socket may have missed something meanwhile
  const FINAL = [4401, 4404, 4429]; // signed out, nothing to hear, too many pages open: trying again would not help
  const path = document.currentScript.dataset.liveAt;

  const topics = new Set([...document.querySelectorAll("[data-live]")].map((element) => element.dataset.live));
  if (!path || !topics.size || !window.WebSocket) return;

  const busy = new Map(); // topic -> whether a hint came while it took its breath
  let socket = null, waiting = 0, pause = SHORTEST, wasOpen = false;

  const say = (live) => {
    const time = new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
    for (const element of document.querySelectorAll("[data-live-state]")) {
      const words = live ? element.dataset.liveOn : element.dataset.liveOff;
      if (words) element.textContent = words.replace("{time}", time);
      element.dataset.liveState = live ? "on" : "off";
      element.hidden = !words && !live;
    }
  };

  const renew = async (element) => {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(element.id);
    if (fresh) element.replaceChildren(...fresh.childNodes);
  };

  // `how` is "again" after a break, "late" on a slow line, and empty for news that came by the socket.
  const tell = (topic, how) => {
    for (const element of document.querySelectorAll("[data-live]")) {
      if (element.dataset.live !== topic) continue;
      if (element.dataset.liveShow && how !== "late") {
        element.querySelector("[data-live-words]").textContent = how ? element.dataset.liveAgain : element.dataset.liveShow;
        element.firstElementChild.hidden = false;
      }
      if ("liveRenew" in element.dataset) renew(element);
      element.dispatchEvent(new CustomEvent("hint"));
    }
  };

  const hint = (topic, how = "") => {
    if (busy.has(topic)) return void busy.set(topic, true);
    busy.set(topic, false);
    tell(topic, how);
    setTimeout(() => {
      const another = busy.get(topic);
      busy.delete(topic);
      if (another) hint(topic);
    }, BREATH);
  };

  const open = () => {
    clearTimeout(waiting);
    const address = new URL(path, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    for (const topic of topics) address.searchParams.append("topic", topic);
    socket = new WebSocket(address);
    socket.onopen = () => {
      say(true);
      // What changed while nobody listened is asked for once.
      const how = wasOpen ? "again" : performance.now() > SLOW ? "late" : "";
      if (how) for (const topic of topics) hint(topic, how);
      wasOpen = true;
      pause = SHORTEST;
    };
    socket.onmessage = (message) => {
      say(true);
      hint(JSON.parse(message.data).topic);
    };
    socket.onclose = ({ code }) => {
      socket = null;
      say(false);
      if (FINAL.includes(code)) return window.removeEventListener("online", retry);
      // Not everybody at once: each waits another while, and longer each time.
      waiting = setTimeout(open, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST);
    };
  };
  const retry = () => socket || open();

  // Whoever was signed out meanwhile is led to the entrance by the server; that page is no part of this one.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { pathInfo, xhr } = detail;
    if (xhr.responseURL && new URL(xhr.responseURL).pathname !== new URL(pathInfo.requestPath, location.href).pathname) {
      detail.shouldSwap = false;
    }
  });
  window.addEventListener("online", retry);
  open();
})();
