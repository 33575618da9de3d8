"use strict";
// Shows the rows that follow in the page. Only cards near the visible part of the page exist as
// elements, so the number of images does not slow the page down. All texts from rows become text
// nodes, never markup.
document.addEventListener("DOMContentLoaded", () => {
  const CARD_WIDTH = 176;
  const CARD_HEIGHT = 216;
  const MOST_HEIGHT = 15000000;  // pixels; some browsers draw nothing further down
  const FAILED = "failed";
  const ALL = "all";

  const byId = (id) => document.getElementById(id);
  const grid = byId("grid"), search = byId("search"), labels = byId("label"), order = byId("order");
  const details = byId("details");

  /** Parses the rows. A run that was killed can leave part of a row at the end; it is left out. */
  function read() {
    const node = byId("rows");
    const lines = node.textContent.split("\n");
    node.remove();
    const rows = [];
    let cut = 0;
    for (const line of lines) {
      if (line === "") continue;
      try {
        const row = JSON.parse(line);
        row.number = rows.length;
        row.label = row.top && row.top.length > 0 ? row.top[0][0] : "";
        row.share = row.top && row.top.length > 0 ? row.top[0][1] : -1;
        row.text = (row.path + "\n" + (row.error || row.label)).toLowerCase();
        rows.push(row);
      } catch (error) {
        ++cut;
      }
    }
    return {rows, cut};
  }

  const {rows, cut} = read();
  let shown = rows;    // the rows that match, in order
  let current = 0;     // index in `shown` of the card that has the keyboard's focus
  let columns = 1;
  let cards = new Map();  // index in `shown` → element
  let isDrawQueued = false;

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  const percent = (share) => (100 * share).toFixed(1) + " %";
  const collator = new Intl.Collator(undefined, {numeric: true});

  function thumbnailOf(row) {
    const frame = element("div", "thumbnail");
    if (row.image) {
      const image = element("img");
      image.alt = "";
      image.decoding = "async";
      image.src = "data:image/jpeg;base64," + row.image;
      frame.append(image);
    } else {
      frame.textContent = row.error ? "✕" : "";
    }
    return frame;
  }

  function shareOf(label, share) {
    const row = element("div", "row");
    const line = element("div", "label");
    line.append(element("b", "", label), element("span", "", percent(share)));
    const bar = element("div", "bar");
    const fill = element("i");
    fill.style.width = 100 * Math.min(1, Math.max(0, share)) + "%";
    bar.append(fill);
    row.append(line, bar);
    return row;
  }

  function cardOf(index) {
    const row = shown[index];
    const card = element("button", "card");
    card.type = "button";
    card.dataset.index = index;
    card.tabIndex = index === current ? 0 : -1;
    card.title = row.path;
    card.append(thumbnailOf(row), element("div", "name", row.path.replace(/^.*\//s, "") || row.path));
    if (row.error) {
      card.append(element("div", "cause", row.error));
    } else if (row.top.length > 0) {
      card.append(shareOf(row.label, row.share));
      if (row.top.length > 1) {
        card.append(element("div", "next", `or ${row.top[1][0]} ${percent(row.top[1][1])}`));
      }
    }
    return card;
  }

  /** Adds the cards near the visible part of the page and removes the others. */
  function draw() {
    isDrawQueued = false;
    const width = grid.clientWidth;
    columns = Math.max(1, Math.floor((width + 12) / CARD_WIDTH));
    const step = (width + 12) / columns;
    const lines = Math.ceil(shown.length / columns);
    grid.style.height = Math.min(MOST_HEIGHT, lines * CARD_HEIGHT) + "px";
    const top = -grid.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / CARD_HEIGHT) - 2) * columns;
    const last = Math.min(shown.length, (Math.ceil((top + innerHeight) / CARD_HEIGHT) + 2) * columns);
    const kept = new Map();
    for (let index = first; index < last; ++index) {
      let card = cards.get(index);
      if (!card) {
        card = cardOf(index);
        grid.append(card);
      }
      card.style.width = step - 12 + "px";
      card.style.left = (index % columns) * step + "px";
      card.style.top = Math.floor(index / columns) * CARD_HEIGHT + "px";
      kept.set(index, card);
    }
    for (const [index, card] of cards) {
      if (!kept.has(index)) card.remove();
    }
    cards = kept;
  }

  function queueDraw() {
    if (isDrawQueued) return;
    isDrawQueued = true;
    requestAnimationFrame(draw);
  }

  const orders = {
    input: (a, b) => a.number - b.number,
    sure: (a, b) => b.share - a.share || a.number - b.number,
    // Failed images last in both: nothing is known of them.
    unsure: (a, b) => (a.share < 0) - (b.share < 0) || a.share - b.share || a.number - b.number,
    path: (a, b) => collator.compare(a.path, b.path) || a.number - b.number,
    label: (a, b) => (a.share < 0) - (b.share < 0) || collator.compare(a.label, b.label) || b.share - a.share,
  };

  /** Applies search, label and order, and starts at the top. */
  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const [kind, name] = [labels.value.slice(0, 1), labels.value.slice(1)];
    shown = rows.filter((row) => (kind !== "l" || (!row.error && row.label === name)) &&
                                 (labels.value !== FAILED || row.error) &&
                                 words.every((word) => row.text.includes(word)));
    shown.sort(orders[order.value]);
    current = 0;
    for (const card of cards.values()) card.remove();
    cards = new Map();
    const failed = shown.reduce((sum, row) => sum + (row.error ? 1 : 0), 0);
    byId("count").textContent =
        (shown.length === rows.length ? `${rows.length} images` : `${shown.length} of ${rows.length} images`) +
        (failed > 0 ? `, ${failed} failed` : "") + (cut > 0 ? "; the run ended early" : "");
    byId("nothing").hidden = shown.length > 0;
    scrollTo(0, 0);
    draw();
  }

  function listLabels() {
    const counts = new Map();
    let failed = 0;
    for (const row of rows) {
      if (row.error) ++failed;
      else if (row.top.length > 0)
        counts.set(row.label, (counts.get(row.label) || 0) + 1);
    }
    const option = (value, text) => {
      const made = element("option", "", text);
      made.value = value;
      labels.append(made);
    };
    option(ALL, `All labels (${rows.length})`);
    if (failed > 0) option(FAILED, `Failed (${failed})`);
    const names = [...counts.keys()].sort(collator.compare);
    for (const name of names) option("l" + name, `${name} (${counts.get(name)})`);
  }

  /** Gives a card the keyboard's focus and scrolls to it. */
  function focusOn(index) {
    if (shown.length === 0) return;
    const before = cards.get(current);
    if (before) before.tabIndex = -1;
    current = Math.min(shown.length - 1, Math.max(0, index));
    const header = document.querySelector("header").offsetHeight;
    const top = grid.getBoundingClientRect().top + Math.floor(current / columns) * CARD_HEIGHT;
    if (top < header + 8) scrollBy(0, top - header - 8);
    else if (top + CARD_HEIGHT > innerHeight) scrollBy(0, top + CARD_HEIGHT - innerHeight + 8);
    draw();
    const card = cards.get(current);
    card.tabIndex = 0;
    card.focus({preventScroll: true});
  }

  function showDetails(index) {
    current = index;
    const row = shown[index];
    const name = element("h2", "", row.path);
    name.id = "details-name";
    const place = element("footer");
    const close = element("button", "", "Close");
    close.type = "button";
    close.addEventListener("click", hideDetails);
    place.append(element("span", "", `${index + 1} of ${shown.length}`), close);
    const content = row.error ? [element("div", "cause", row.error)]
                              : row.top.map(([label, share]) => shareOf(label, share));
    details.replaceChildren(thumbnailOf(row), name, ...content, place);
    if (!details.open) details.showModal();
    close.focus();
  }

  function hideDetails() {
    details.close();
    focusOn(current);
  }

  function steps(key) {
    const page = Math.max(1, Math.floor(innerHeight / CARD_HEIGHT) - 1) * columns;
    return {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -page,
            PageDown: page, Home: -shown.length, End: shown.length}[key];
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps(event.key);
    if (details.open) {
      const index = current + (step || 0);
      if (event.key === "Escape") hideDetails();
      else if (step === undefined || index < 0 || index >= shown.length) return;
      else showDetails(index);
    } else if (event.target === search || event.target.tagName === "SELECT") {
      if (event.key === "Escape" && event.target === search) {
        search.value = "";
        apply();
      } else if (event.target !== search || !["Enter", "ArrowDown"].includes(event.key)) {
        return;
      } else {
        focusOn(0);
      }
    } else if (event.key === "/") {
      search.focus();
      search.select();
    } else if (step !== undefined) {
      focusOn(grid.contains(document.activeElement) ? current + step : current);
    } else {
      return;
    }
    event.preventDefault();
  });
  grid.addEventListener("click", (event) => {
    const card = event.target.closest(".card");
    if (card) showDetails(Number(card.dataset.index));
  });
  details.addEventListener("cancel", (event) => {
    event.preventDefault();
    hideDetails();
  });
  details.addEventListener("click", (event) => {
    if (event.target === details) hideDetails();  // beside its content
  });
  let typing = 0;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(apply, rows.length > 5000 ? 120 : 0);
  });
  labels.addEventListener("change", apply);
  order.addEventListener("change", apply);
  addEventListener("scroll", queueDraw, {passive: true});
  addEventListener("resize", queueDraw);

  listLabels();
  apply();
});
