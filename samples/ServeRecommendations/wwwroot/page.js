const $ = id => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== null));
  return element;
}

const sources = {
  User: "by what is known of the user",
  FoldIn: "by the items at hand",
  Content: "by what the items at hand say and look like: nobody has chosen them yet",
  Popularity: "by popularity: nothing is known here",
};
const spaces = { Fused: "All in all", Behavior: "Chosen by the same", Content: "Alike" };
const partNames = { behavior: "who chose it", itemToItem: "chosen together", popularity: "how many chose it", text: "its words",
  sentence: "what it says", image: "its picture",
  category: "its category", number: "its numbers" };
const state = { tab: "user", user: "", basket: [], users: [], shelves: { columns: [] }, seed: 1, similar: null, space: "Fused" };

// ---- asking

async function ask(path, options) {
  const response = await fetch(path, options);
  const body = response.status === 204 ? null : await response.json();
  if (!response.ok)
    throw new Error([body.detail, ...Object.values(body.errors ?? {}).flat()].filter(Boolean).join(" ") || body.title);
  return body;
}

async function guarded(action) {
  $("error").hidden = true;
  try {
    await action();
  } catch (e) {
    $("status").textContent = "";
    $("error").textContent = e.message;
    $("error").hidden = false;
  }
}

const byQuery = (path, parameters) => `${path}?${new URLSearchParams(parameters)}`;

// ---- items

const nameOf = shown => shown.title ?? shown.item;

function picture(shown) {
  if (!shown.picture)
    return make("div", { className: "picture", "aria-hidden": "true" }, nameOf(shown).slice(0, 1).toUpperCase());
  return make("img", { className: "picture", src: shown.picture, alt: "", loading: "lazy" });
}

function facts(shown) {
  const values = Object.entries(shown.values ?? {}).filter(([name]) => state.shelves.columns.some(c => c.name === name && c.kind !== "Text"));
  const chance = typeof shown.probability === "number" ? [`${(100 * shown.probability).toFixed(1)} % chance`] : [];
  const text = values.map(([name, value]) => Array.isArray(value) ? value.join(", ")
    : typeof value === "number" ? `${name} ${value.toLocaleString("en")}` : `${name} ${String(value).slice(0, 10)}`).concat(chance);
  return text.length ? make("p", { className: "facts" }, text.join(" · ")) : null;
}

function act(label, shown, action) {
  return make("button", { type: "button", "aria-label": `${label}: ${nameOf(shown)}`, onclick: action }, label);
}

function acts(shown) {
  const inBasket = state.basket.some(i => i.item === shown.item);
  return make("div", { className: "acts" },
    act("Similar", shown, () => showSimilar(shown, true)),
    state.tab === "basket" && !inBasket ? act("Into the basket", shown, () => putIntoBasket(shown)) : null);
}

const card = (shown, ...more) => make("li", { "data-item": shown.item },
  picture(shown), make("p", { className: "name" }, nameOf(shown)), facts(shown), ...more, acts(shown));

// ---- reasons

function parts(why) {
  const all = [["behavior", why.behavior ?? 0], ["itemToItem", why.itemToItem], ["popularity", why.popularity],
    ...Object.entries(why.modalities)];
  return all.filter(([, share]) => share !== 0);
}

function painted(element, name) {
  element.style.setProperty("--part", `var(--part-${state.parts.indexOf(name) % 8})`);
  return element;
}

function reasons(why, widest) {
  if (!why || why.unexplained) return [];
  const shares = parts(why), total = shares.reduce((sum, [, share]) => sum + Math.max(0, share), 0) || 1;
  const label = shares.filter(([, share]) => share > 0)
    .map(([name, share]) => `${partNames[name] ?? name} ${Math.round(100 * share / total)} %`).join(", ");
  const against = shares.filter(([, share]) => share < 0).map(([name]) => partNames[name] ?? name).join(", ");
  const bar = make("div", { className: "bar", role: "img", "aria-label": `Because of ${label}${against ? `; against it ${against}` : ""}`,
    title: `${label}${against ? `; against it: ${against}` : ""}` });
  for (const [name, share] of shares.filter(([, share]) => share > 0)) {
    const piece = painted(make("i"), name);
    piece.style.width = `${100 * share / widest}%`;
    bar.append(piece);
  }
  const supporters = why.supporters.slice(0, 2).flatMap((shown, n) => [n ? " and " : "goes with ", make("b", {}, nameOf(shown))]);
  return [bar, supporters.length ? make("p", { className: "why" }, ...supporters) : null];
}

function showLegend(items) {
  const first = items.find(i => i.why)?.why;
  state.parts = [...new Set(items.flatMap(i => i.why && !i.why.unexplained ? parts(i.why).map(([name]) => name) : []))];
  $("legend").replaceChildren(...(first?.unexplained ? [make("li", {}, first.unexplained)]
    : state.parts.map(name => painted(make("li", { className: "key" }, partNames[name] ?? name), name))));
  $("legend").hidden = !$("legend").childElementCount;
}

// ---- a request

function refinements() {
  const request = { where: [], boosts: [], quotas: [] };
  for (const field of $("filters").querySelectorAll("[data-column]")) {
    const column = field.dataset.column, value = field.value;
    if (value === "") continue;
    if (field.dataset.does === "in") request.where.push({ column, in: [value] });
    if (field.dataset.does === "prefer") request.boosts.push({ where: { column, in: [value] }, weight: 1 });
    if (field.dataset.does === "quota") request.quotas.push({ column, max: Number(value) });
    if (field.dataset.does === "min" || field.dataset.does === "max") {
      const band = request.where.find(c => c.column === column) ?? request.where[request.where.push({ column }) - 1];
      band[field.dataset.does] = Number(value);
    }
  }
  const variety = Number($("variety").value), surprise = Number($("surprise").value);
  if (variety) request.diversity = { lambda: 1 - variety / 125 };
  if (surprise) request.exploration = { temperature: surprise / 100, seed: state.seed };
  if ($("minimum").value !== "") request.minimumScore = Number($("minimum").value);
  return request;
}

let round = 0, shownUser = 0;

async function refresh() {
  const mine = ++round;
  const basket = state.tab === "basket";
  if (basket && !state.basket.length) {
    $("list").replaceChildren();
    $("legend").hidden = true;
    $("status").textContent = "The basket is empty.";
    return;
  }
  const body = { count: 12, ...refinements(), ...(basket ? { history: state.basket.map(i => i.item) } : { userId: state.user }) };
  const answer = await ask("/recommendations?why=true",
    { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (mine !== round) return;
  showLegend(answer.items);
  const sum = why => why && !why.unexplained ? parts(why).reduce((total, [, share]) => total + Math.max(0, share), 0) : 0;
  const widest = Math.max(1e-9, ...answer.items.map(i => sum(i.why)));
  $("list").replaceChildren(...answer.items.map(shown => card(shown, ...reasons(shown.why, widest))));
  const whom = basket ? `a basket of ${state.basket.length}` : state.user;
  $("status").textContent = answer.items.length
    ? `${answer.items.length} items for ${whom}, ${sources[answer.source]}` : `Nothing is left for ${whom}: ask for less.`;
}

// ---- a user

async function showUser(user) {
  const mine = ++shownUser;
  state.user = user;
  $("user").value = user;
  let history = [];
  try {
    history = await ask(byQuery("/history", { user }));
  } catch { /* not known: the answer says so */ }
  if (mine !== shownUser) return;
  $("historyTitle").textContent = history.length ? `History: ${history.length} items` : "History: none";
  const rows = shown => make("li", {}, picture(shown), make("span", { className: "name" }, nameOf(shown)));
  const most = matchMedia("(max-width: 52rem)").matches ? 3 : 6;
  $("history").replaceChildren(...history.slice(0, most).map(rows));
  $("allHistory").hidden = history.length <= most;
  $("allHistory").textContent = `Show all ${history.length}`;
  $("allHistory").onclick = () => {
    $("history").replaceChildren(...history.map(rows));
    $("allHistory").hidden = true;
  };
  await refresh();
  keepInAddress();
}

// ---- a basket

function showBasket() {
  $("basketTitle").textContent = state.basket.length ? `In the basket: ${state.basket.length}` : "In the basket: nothing yet";
  $("basket").replaceChildren(...state.basket.map(shown => make("li", { "data-item": shown.item }, picture(shown),
    make("span", { className: "name" }, nameOf(shown)),
    make("button", { type: "button", className: "quiet", "aria-label": `Remove ${nameOf(shown)}`, onclick: () => takeOut(shown) }, "Remove"))));
  $("empty").hidden = !state.basket.length;
  keepInAddress();
}

function putIntoBasket(shown) {
  if (!state.basket.some(i => i.item === shown.item)) state.basket.push(shown);
  showBasket();
  return guarded(refresh);
}

function takeOut(shown) {
  const at = state.basket.findIndex(i => i.item === shown.item);
  state.basket.splice(at, 1);
  showBasket();
  ($("basket").querySelectorAll("button")[Math.min(at, state.basket.length - 1)] ?? $("find")).focus();
  return guarded(refresh);
}

// ---- typing into the basket: a combobox with a list box

let found = [], marked = -1, asked = 0;

function closeFound() {
  found = [];
  marked = -1;
  $("found").hidden = true;
  $("found").replaceChildren();
  $("find").setAttribute("aria-expanded", "false");
  $("find").removeAttribute("aria-activedescendant");
}

function mark(at) {
  marked = at;
  [...$("found").children].forEach((option, n) => option.setAttribute("aria-selected", n === at));
  $("find").setAttribute("aria-activedescendant", `found-${at}`);
  $("found").children[at].scrollIntoView({ block: "nearest" });
}

async function search() {
  const text = $("find").value.trim(), mine = ++asked;
  if (!text) return closeFound();
  const items = await ask(byQuery("/search", { text, count: 8 }));
  if (mine !== asked) return;
  closeFound();
  found = items;
  $("findHint").textContent = found.length ? `${found.length} match; choose with the arrow keys and Enter` : "Nothing matches";
  if (!found.length) return;
  $("found").replaceChildren(...found.map((shown, n) => make("li",
    { id: `found-${n}`, role: "option", "aria-selected": "false", onmousedown: e => { e.preventDefault(); choose(n); } },
    picture(shown), make("span", {}, nameOf(shown)))));
  $("found").hidden = false;
  $("find").setAttribute("aria-expanded", "true");
}

function choose(at) {
  const shown = found[at];
  $("find").value = "";
  $("findHint").textContent = `${nameOf(shown)} is in the basket`;
  closeFound();
  return putIntoBasket(shown);
}

$("find").oninput = () => guarded(search);
$("find").onblur = closeFound;
$("find").onkeydown = e => {
  if (e.key === "ArrowDown" && !found.length) return void guarded(search);
  if (!found.length) return;
  if (e.key === "ArrowDown") mark((marked + 1) % found.length);
  else if (e.key === "ArrowUp") mark(marked <= 0 ? found.length - 1 : marked - 1);
  else if (e.key === "Enter") choose(Math.max(0, marked));
  else if (e.key === "Escape") closeFound();
  else return;
  e.preventDefault();
};

// ---- similar items

function showSimilar(shown, focus) {
  state.similar = shown;
  return guarded(async () => {
    const items = await ask(byQuery("/similar", { item: shown.item, count: 8, space: state.space }));
    $("moreTitle").textContent = `Similar to ${nameOf(shown)}`;
    $("spaces").replaceChildren(...Object.entries(spaces).map(([space, label]) => make("button", {
      type: "button", "aria-pressed": String(space === state.space), id: `space-${space}`,
      onclick: async () => { state.space = space; await showSimilar(shown, false); $(`space-${space}`).focus(); },
    }, label)));
    $("similar").replaceChildren(...items.map(i => card(i)));
    $("moreStatus").textContent = items.length ? `${items.length} items, most similar first` : "The model doesn't have this space.";
    $("more").hidden = false;
    if (focus) {
      $("moreTitle").focus({ preventScroll: true });
      $("more").scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    }
  });
}

// ---- filters, and the fields of a new item, by the columns that there are

const field = (label, control) => [make("label", { htmlFor: control.id }, label), control];

function select(id, column, does, any) {
  return make("select", { id, "data-column": column.name, "data-does": does },
    make("option", { value: "" }, any), ...column.categories.map(c => make("option", { value: c }, c)));
}

function bound(id, column, does, value) {
  return make("input", { id, type: "number", step: "any", inputMode: "decimal", "data-column": column.name, "data-does": does,
    placeholder: value === null ? "" : String(Math.round(value * 100) / 100) });
}

function showFilters() {
  const fields = [];
  state.shelves.columns.forEach((column, n) => {
    const legend = make("legend", {}, column.name);
    if (column.kind === "Category")
      fields.push(make("fieldset", {}, legend,
        ...field("only", select(`only-${n}`, column, "in", "any")), ...field("preferred", select(`preferred-${n}`, column, "prefer", "any")),
        ...field("at most so many of each", bound(`quota-${n}`, column, "quota", null))));
    if (column.kind === "Number" && column.min !== null)
      fields.push(make("fieldset", {}, legend, make("div", { className: "pair" },
        make("div", {}, ...field("from", bound(`min-${n}`, column, "min", column.min))),
        make("div", {}, ...field("to", bound(`max-${n}`, column, "max", column.max))))));
  });
  $("filters").replaceChildren(...fields);
}

function showNewFields() {
  const { columns, takesPictures } = state.shelves, ordered = [...columns].sort((a, b) => (b.name === state.shelves.title) - (a.name === state.shelves.title));
  const fields = ordered.flatMap((column, n) => {
    const list = column.kind === "Category" ? make("datalist", { id: `known-${n}` }, ...column.categories.map(value => make("option", { value }))) : null;
    const input = make("input", { id: `new-${n}`, name: column.name, autocomplete: "off", maxLength: 2000, required: column.name === state.shelves.title,
      type: column.kind === "Date" ? "date" : "text", inputMode: column.kind === "Number" ? "decimal" : "text" });
    if (list) input.setAttribute("list", list.id);
    return [...field(column.kind === "Category" ? `${column.name}, several with commas` : column.name, input), ...(list ? [list] : [])];
  });
  if (takesPictures) fields.push(...field("Picture: PNG, JPEG, GIF or WebP", make("input", { id: "newPicture", name: "picture", type: "file",
    accept: "image/png,image/jpeg,image/gif,image/webp" })));
  $("newFields").replaceChildren(...fields);
}

$("openAdd").onclick = () => {
  $("addForm").reset();
  $("addError").hidden = true;
  $("add").showModal();
};
$("cancelAdd").onclick = () => $("add").close();
$("addForm").onsubmit = async e => {
  e.preventDefault();
  const form = new FormData();
  for (const [name, value] of new FormData($("addForm"))) {
    const categories = state.shelves.columns.some(c => c.name === name && c.kind === "Category");
    for (const one of categories ? value.split(",").map(c => c.trim()).filter(Boolean) : [value])
      if (one.size ?? one.length) form.append(name, one);
  }
  try {
    const shown = await ask("/items", { method: "POST", body: form });
    $("add").close();
    state.space = "Content";
    await showSimilar(shown, true);
    await guarded(refresh);
  } catch (fault) {
    $("addError").textContent = fault.message;
    $("addError").hidden = false;
  }
};

// ---- the address has what is shown

function keepInAddress() {
  const parameters = new URLSearchParams();
  if (state.tab === "basket") state.basket.forEach(i => parameters.append("basket", i.item));
  else parameters.append("user", state.user);
  history.replaceState(null, "", `#${parameters}`);
}

function openTab(tab, focus) {
  state.tab = tab;
  for (const name of ["user", "basket"]) {
    $(`${name}Tab`).setAttribute("aria-selected", name === tab);
    $(`${name}Tab`).tabIndex = name === tab ? 0 : -1;
    $(`${name}Panel`).hidden = name !== tab;
  }
  if (focus) $(`${tab}Tab`).focus();
  if (tab === "basket") showBasket();
  else keepInAddress();
  const isLeft = tab === "user" && state.user && $("user").value !== state.user; // The page was opened with a basket.
  return guarded(() => isLeft ? showUser(state.user) : refresh());
}

for (const tab of ["user", "basket"]) {
  $(`${tab}Tab`).onclick = () => openTab(tab, false);
  $(`${tab}Tab`).onkeydown = e => {
    if (["ArrowLeft", "ArrowRight"].includes(e.key)) openTab(tab === "user" ? "basket" : "user", true);
  };
}

$("userForm").onsubmit = e => { e.preventDefault(); guarded(() => showUser($("user").value)); };
$("other").onclick = () => guarded(() => showUser(state.users[Math.floor(Math.random() * state.users.length)]));
$("empty").onclick = () => { state.basket = []; showBasket(); $("find").focus(); guarded(refresh); };
$("refineForm").onsubmit = e => e.preventDefault();
$("refineForm").oninput = () => { state.seed++; guarded(refresh); };
$("refineForm").onreset = () => setTimeout(() => guarded(refresh));

guarded(async () => {
  const [health, shelves, users] = await Promise.all([ask("/health"), ask("/shelves"), ask("/users?count=200")]);
  $("model").textContent = `${health.dataset}: ${health.users.toLocaleString("en")} users, ${health.items.toLocaleString("en")} items`;
  Object.assign(state, { shelves, users });
  $("users").replaceChildren(...users.map(value => make("option", { value })));
  showFilters();
  $("openAdd").hidden = !shelves.takesItems;
  if (shelves.takesItems) showNewFields();
  const address = new URLSearchParams(location.hash.slice(1));
  for (const item of address.getAll("basket").slice(0, 50)) {
    try {
      state.basket.push(await ask(byQuery("/items", { item })));
    } catch { /* gone from the catalogue since */ }
  }
  state.user = address.get("user") ?? users[0] ?? "";
  if (state.basket.length) await openTab("basket", false);
  else if (state.user) await showUser(state.user);
  else $("status").textContent = "There are no users: fill a basket.";
});
