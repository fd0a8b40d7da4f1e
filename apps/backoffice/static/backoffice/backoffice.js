// Makes the office quicker; everything works without it.

/** A form that says if it is saved, and asks before one leaves it unsaved. */
function guard(form) {
  const state = form.querySelector(".save__state");
  let isChanged = "changed" in form.dataset;
  const show = () => { if (state) state.textContent = isChanged ? state.dataset.changed : state.dataset.saved; };
  const change = () => { isChanged = true; show(); };
  form.addEventListener("input", change);
  form.addEventListener("change", change);
  form.addEventListener("submit", () => { isChanged = false; });
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.querySelector('[value="save"], .save button').click();
    }
  });
  show();
}

/** A text with a few formats, in place of a field with HTML. */
class RichText extends HTMLElement {
  connectedCallback() {
    const area = this.querySelector("textarea");
    const label = this.querySelector("label");
    const box = document.createElement("div");
    box.className = "rich";
    const tools = document.createElement("div");
    tools.className = "rich__tools";
    tools.setAttribute("role", "toolbar");
    tools.setAttribute("aria-label", label.firstChild.textContent.trim());
    const text = document.createElement("div");
    text.className = "rich__text prose";
    text.contentEditable = "true";
    text.setAttribute("role", "textbox");
    text.setAttribute("aria-multiline", "true");
    text.setAttribute("aria-label", label.firstChild.textContent.trim());
    // The server has cleaned it; a parser without scripts makes sure.
    text.append(...new DOMParser().parseFromString(area.value, "text/html").body.childNodes);
    const commands = [
      ["B", this.dataset.bold, () => document.execCommand("bold")],
      ["I", this.dataset.italic, () => document.execCommand("italic")],
      ["H", this.dataset.heading, () => document.execCommand("formatBlock", false, "h3")],
      ["•", this.dataset.list, () => document.execCommand("insertUnorderedList")],
      ["↗", this.dataset.link, () => {
        const url = prompt(this.dataset.link, "https://");
        if (url) document.execCommand("createLink", false, url);
      }],
    ];
    for (const [sign, name, run] of commands) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.setAttribute("aria-label", name);
      button.addEventListener("mousedown", (event) => event.preventDefault());
      button.addEventListener("click", () => { text.focus(); run(); store(); });
      tools.append(button);
    }
    const store = () => {
      area.value = text.textContent.trim() || text.querySelector("hr") ? text.innerHTML : "";
      area.dispatchEvent(new Event("input", { bubbles: true }));
    };
    text.addEventListener("input", store);
    text.addEventListener("paste", (event) => {
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
    });
    document.execCommand("defaultParagraphSeparator", false, "p");
    box.append(tools, text);
    area.hidden = true;
    this.querySelector("[id$=notes]")?.setAttribute("hidden", "");
    area.after(box);
    label.addEventListener("click", () => text.focus());
  }
}

/** Uploads a picture as soon as it is chosen or dropped. */
class DropZone extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form");
    const input = this.querySelector("input[type=file]");
    const hint = this.querySelector(".hint");
    hint.textContent += ` (${this.dataset.hint})`;
    input.addEventListener("change", () => form.requestSubmit());
    form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over"); });
    form.addEventListener("dragleave", () => form.classList.remove("is-over"));
    form.addEventListener("drop", (event) => {
      event.preventDefault();
      form.classList.remove("is-over");
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    });
  }
}

/** Sorts pictures by dragging, and numbers their places. */
function sortable(list) {
  let dragged = null;
  const number = () => list.querySelectorAll('[name$="position:int"]').forEach((input, index) => { input.value = index + 1; });
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    dragged?.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    over[event.clientY > top + height / 2 ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    number();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step || !event.altKey) return;
    event.preventDefault();
    const item = event.target.closest("li");
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    other?.[step < 0 ? "before" : "after"](item);
    event.target.focus();
    number();
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Shows the picture that is chosen for a variant. */
function showPicture(choice) {
  const select = choice.querySelector("select");
  select.addEventListener("change", () => {
    const key = [...document.querySelectorAll('.picture [name$="/id"]')].find((each) => each.value === select.value);
    const image = key?.closest(".picture").querySelector(".thumb img");
    choice.querySelector(".thumb").replaceChildren(...(image ? [image.cloneNode()] : []));
  });
}

/** All pages of the menu by their names: Ctrl-K. */
function openPalette() {
  const dialog = document.createElement("dialog");
  dialog.className = "palette";
  const input = document.createElement("input");
  input.className = "input";
  input.type = "search";
  const list = document.createElement("div");
  list.id = "palette-options";
  list.setAttribute("role", "listbox");
  const label = document.querySelector(".office__side .office__nav").getAttribute("aria-label");
  for (const part of [dialog, input, list]) part.setAttribute("aria-label", label);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "true",
  })) input.setAttribute(name, value);
  const links = [...document.querySelectorAll(".office__side .office__nav a, .head__actions a")];
  const choose = (chosen) => {
    for (const option of list.children) option.ariaSelected = String(option === chosen);
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = () => {
    const words = input.value.toLowerCase().trim();
    list.replaceChildren(...links.filter((link) => link.textContent.toLowerCase().includes(words)).map((link, index) => {
      const option = document.createElement("a");
      option.id = `palette-option-${index}`;
      option.setAttribute("role", "option");
      option.tabIndex = -1;
      option.href = link.href;
      option.textContent = link.textContent.trim();
      return option;
    }));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(list.firstElementChild);
  };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    const found = [...list.children];
    const index = found.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "Enter") {
      event.preventDefault();
      found[index]?.click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !found.length) return;
    event.preventDefault();
    const next = found[(index + step + found.length) % found.length];
    choose(next);
    next.scrollIntoView({ block: "nearest" });
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.append(input, list);
  document.body.append(dialog);
  show();
  dialog.showModal();
}

customElements.define("rich-text", RichText);
customElements.define("drop-zone", DropZone);
document.querySelectorAll("form[data-guard]").forEach(guard);
document.querySelectorAll("[data-sort]").forEach(sortable);
document.querySelectorAll(".variant-picture").forEach(showPicture);
for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => { if (!confirm(form.dataset.confirm)) event.preventDefault(); });
}
document.querySelector("[data-check-all]")?.addEventListener("change", (event) => {
  for (const box of document.querySelectorAll('input[name="id"][form="bulk"]')) box.checked = event.target.checked;
});
addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    if (!document.querySelector(".palette")) openPalette();
  } else if (event.key === "/" && !isTyping) {
    const search = document.querySelector('[data-focus-by="/"]');
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
});
