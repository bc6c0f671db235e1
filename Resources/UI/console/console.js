// The browser's own part: who it is, whether the server still answers, keys, sounds. Reads trame's state, keeps none of its own.
(() => {
  const LOST_MS = 1500;
  const me = (() => {
    const known = sessionStorage.getItem("spineguide-browser");
    const name = known || Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
    sessionStorage.setItem("spineguide-browser", name);
    return name;
  })();
  const state = (name) => window.trame?.state?.get(name);
  const act = (...words) => window.trame?.trigger("act", [me, ...words]);
  window.spineguide = { me, act };

  // A lost connection shows itself, and the page comes back with the server.
  let beat, changed = performance.now(), asked = 0;
  const curtain = document.createElement("div");
  curtain.id = "sg-offline";
  const words = { en: "No connection to SpineGuide: nothing on this screen is current. Trying again …",
                  fr: "Pas de liaison avec SpineGuide : rien à l'écran n'est à jour. Nouvel essai …" };
  const watch = () => {
    if (!curtain.isConnected && document.body) document.body.append(curtain);
    const now = performance.now(), current = state("beat");
    if (current !== beat) { beat = current; changed = now; }
    const lost = beat !== undefined && now - changed > LOST_MS;
    curtain.textContent = words[state("language")] || words.en;
    curtain.classList.toggle("sg-on", lost);
    if (lost && now - asked > 1000) {
      asked = now;
      fetch(location.href, { cache: "no-store" }).then((r) => { if (r.ok && now - changed > 2 * LOST_MS) location.reload(); }, () => {});
    }
  };
  setInterval(watch, 200);

  // Tell the server who asks, before the views appear; then that this browser is still there.
  const introduce = setInterval(() => {
    if (!window.trame || state("me") === undefined) return;
    clearInterval(introduce);
    window.trame.trigger("alive", [me]);
    window.trame.state.set("me", me);
    setInterval(() => window.trame.trigger("alive", [me]), 1000);
    addEventListener("pagehide", () => window.trame.trigger("gone", [me]));
  }, 50);

  // Keys, and foot pedals that send keys.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const action = (state("keys") || {})[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (action) { act(...action.split(" ")); event.preventDefault(); }
  });
})();
