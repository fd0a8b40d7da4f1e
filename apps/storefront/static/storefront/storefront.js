// Saves page loads; everything works without it.

/** Shows the best products below the search field, as one types. */
class SearchSuggestions extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("div");
    this.list.className = "suggestions";
    this.list.id = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.querySelector("label").textContent);
    this.list.hidden = true;
    this.append(this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-controls": "suggestions", "aria-expanded": "false",
    })) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.load(), 120);
    });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.addEventListener("focusout", (event) => {
      if (!this.contains(event.relatedTarget)) this.show(false);
    });
  }

  async load() {
    const query = this.input.value.trim();
    this.request?.abort();
    if (query.length < 2) return this.show(false);
    this.request = new AbortController();
    try {
      const response = await fetch(`${this.dataset.url}?q=${encodeURIComponent(query)}`, { signal: this.request.signal });
      if (!response.ok) return this.show(false);
      this.list.innerHTML = await response.text();
      this.show(this.options.length > 0);
    } catch (error) {
      if (error.name !== "AbortError") this.show(false);
    }
  }

  get options() { return [...this.list.querySelectorAll('[role="option"]')]; }

  show(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    this.input.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    if (event.key === "Escape") return this.show(false);
    if (this.list.hidden) return;
    const options = this.options;
    const index = options.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "Enter" && index >= 0) {
      event.preventDefault();
      options[index].click();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = options[(index + step + options.length) % options.length] ?? options.at(step > 0 ? 0 : -1);
    for (const option of options) option.ariaSelected = String(option === next);
    this.input.setAttribute("aria-activedescendant", next.id);
  }
}

/** Replaces the product in place when another variant is chosen. */
class VariantPicker extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      this.choose(link);
    });
  }

  async choose(link) {
    const place = [...this.querySelectorAll("a")].indexOf(link);
    try {
      const response = await fetch(link.href);
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      document.getElementById("product").replaceWith(page.getElementById("product"));
      history.replaceState(null, "", link.href);
      document.querySelectorAll("variant-picker a")[place]?.focus();
    } catch {
      location.href = link.href;
    }
  }
}

customElements.define("search-suggestions", SearchSuggestions);
customElements.define("variant-picker", VariantPicker);

// Only one menu is open, and a click beside it closes it.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open], details.filter[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.activeElement?.closest("details[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
