// The browser's own part: who it is, whether the server still answers, keys, sounds. Reads trame's state, keeps none of its own.
(() => {
  const LOST_MS = 1500;
  const LOADING_MS = 10000;  // what a page may take until it is joined to the server
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
    const lost = now - changed > (beat === undefined ? LOADING_MS : LOST_MS);
    curtain.textContent = words[state("language") || navigator.language.slice(0, 2)] || words.en;
    curtain.classList.toggle("sg-on", lost);
    if (lost && now - asked > 1000) {
      asked = now;
      const before = beat;  // a server that was only busy beats again by itself; one that was started anew needs a new page
      const again = () => setTimeout(() => { if (state("beat") === before) location.reload(); }, 5000);
      fetch(location.href, { cache: "no-store" }).then((answer) => { if (answer.ok) again(); }, () => {});
    }
  };
  setInterval(watch, 200);

  // Tell the server who asks, before the views appear; then that this browser is still there.
  const introduce = setInterval(() => {
    if (!window.trame || state("me") === undefined) return;
    clearInterval(introduce);
    window.trame.trigger("alive", [me]);
    window.trame.state.set("me", me);
    setInterval(() => window.trame.trigger("alive", [me, state("page")]), 1000);
    addEventListener("pagehide", () => window.trame.trigger("gone", [me]));
  }, 50);

  // Sounds: a browser lets a page sound only after a click or key in it; until then, and when muted, the page says so.
  let audio, sounded = 0, muted = sessionStorage.getItem("spineguide-muted") === "yes";
  const bursts = {};
  const unlocked = () => audio?.state === "running";
  const tell = () => window.trame?.state.set("sound_on", unlocked() && !muted);
  const unlock = () => { audio ||= new AudioContext(); audio.resume().then(tell); };
  ["pointerdown", "keydown"].forEach((kind) => document.addEventListener(kind, unlock, { capture: true }));
  const play = async (priority) => {
    if (!unlocked() || muted) return;
    if (!bursts[priority]) {
      const bytes = Uint8Array.from(atob(await window.trame.trigger("burst", [priority])), (c) => c.charCodeAt(0));
      bursts[priority] = await audio.decodeAudioData(bytes.buffer);
    }
    const source = audio.createBufferSource();
    source.buffer = bursts[priority];
    source.connect(audio.destination);
    source.start();
    window.spineguide.played.push(priority);
  };
  setInterval(() => {
    const sound = state("sound");
    if (sound && sound.n !== sounded) { sounded = sound.n; if (sound.n && sound.priority) play(sound.priority); }
  }, 100);
  window.spineguide.played = [];
  window.spineguide.audioState = () => audio?.state || "none";
  window.spineguide.audioTime = () => audio?.currentTime || 0;
  window.spineguide.loudest = () => Object.values(bursts).flatMap((b) => [...b.getChannelData(0)]).reduce((a, b) => Math.max(a, b), 0);
  window.spineguide.testSound = async () => { unlock(); await audio.resume(); tell(); await play("high"); };
  window.spineguide.toggleSound = () => {
    muted = !muted;
    sessionStorage.setItem("spineguide-muted", muted ? "yes" : "no");
    tell();
  };

  // A picture of the screen's views and numbers, with the notice burnt in.
  window.spineguide.screenshot = () => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d"), top = 92;
    const views = [...document.querySelectorAll(".sg-view")].filter((v) => v.offsetParent && v.querySelector("img"));
    const frames = views.map((v) => v.getBoundingClientRect());
    const left = Math.min(...frames.map((f) => f.left)), above = Math.min(...frames.map((f) => f.top));
    canvas.width = Math.max(...frames.map((f) => f.right)) - left;
    canvas.height = Math.max(...frames.map((f) => f.bottom)) - above + top;
    pen.fillStyle = "#0b0d10"; pen.fillRect(0, 0, canvas.width, canvas.height);
    const write = (text, x, y, size, colour = "#fff") => { pen.font = `600 ${size}px Roboto, sans-serif`; pen.fillStyle = colour; pen.fillText(text, x, y); };
    const num = state("num"), captions = state("captions"), view = state("view"), img = state("img");
    write(captions.notice, 10, 26, 20);
    write(`${view.title}   ${new Date().toLocaleString(state("language"))}   ${state("words").image} ${img.index}   ${state("frozen") ? state("words").frozen : ""}`, 10, 52, 16, "#a4adb7");
    write([num.lateral, num.angle, num.depth].map((n) => `${n.label} ${n.value} ${n.unit} ${n.pm}`).join("     "), 10, 80, 18);
    views.forEach((v, i) => {
      const f = frames[i], picture = v.querySelector("img");
      pen.drawImage(picture, f.left - left, f.top - above + top, f.width, f.height);
      write(captions[v.dataset.view] || "", f.left - left + 10, f.top - above + top + 22, 15);
      write(captions.notice, f.left - left + 10, f.top - above + top + 40, 11, "#cfd6dd");
      const card = v.querySelector(".sg-card b");
      if (card) write(card.textContent, f.left - left + 20, f.top - above + top + 90, 22);
    });
    const link = document.createElement("a");
    link.download = `spineguide-${new Date().toISOString().replace(/[-:]/g, "").slice(0, 15)}.png`;
    link.href = canvas.toDataURL("image/png");
    link.click();
  };

  // A case folder or archive dropped on the page is sent file by file, then opened.
  const filesOf = async (entry, path = "") => {
    if (entry.isFile) return [[path + entry.name, await new Promise((ok, no) => entry.file(ok, no))]];
    const reader = entry.createReader(), found = [];
    for (;;) {
      const part = await new Promise((ok, no) => reader.readEntries(ok, no));
      if (!part.length) return found;
      for (const inner of part) found.push(...(await filesOf(inner, `${path}${entry.name}/`)));
    }
  };
  const upload = async (files) => {
    await act("upload_begin");
    for (const [path, file] of files) {
      const answer = await fetch("upload/" + path.split("/").map(encodeURIComponent).join("/"), { method: "PUT", body: file, headers: { "X-Spineguide-Browser": me } });
      if (!answer.ok) { alert(await answer.text()); return; }
    }
    await act("upload_end");
  };
  window.spineguide.upload = upload;
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", async (event) => {
    event.preventDefault();
    const files = [...event.dataTransfer.files].map((f) => [f.name, f]);  // read before the first wait, which empties the event
    const entries = [...event.dataTransfer.items].map((i) => i.webkitGetAsEntry()).filter(Boolean);
    upload(entries.length ? (await Promise.all(entries.map((e) => filesOf(e)))).flat() : files);
  });

  // Files that the server writes, and settings that it reads.
  window.spineguide.save = async (action, name) => {
    const link = document.createElement("a");
    link.download = name;
    link.href = URL.createObjectURL(new Blob([await act(action)], { type: "text/plain" }));
    link.click();
  };
  window.spineguide.importSettings = async (input) => { if (input.files[0]) act("node_import", await input.files[0].text()); input.value = ""; };

  // Keys, and foot pedals that send keys.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const action = (state("keys") || {})[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    if (action === "screenshot") window.spineguide.screenshot(); else act(...action.split(" "));
  });
})();
