// Suggests the address of a new shop and checks it; the form works without.

const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const LONGEST = 63;
const SHORTEST = 3;

/** Return the code of a shop for its name: "Café Nuño" becomes "cafe-nuno". */
function codeFor(name) {
  return name
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter])
    .normalize("NFD")
    .replace(/[\u0300-\u036f'’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, "");
}

/** Forms the address from the name while it was not edited, and shows if it is free. */
class OpenShop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.name = this.form.elements.name;
    this.code = this.form.elements.code;
    this.notes = document.getElementById("field-code-notes");
    this.hint = this.dataset.hint;
    this.sign = document.querySelector("[data-sign]");
    this.isEdited = this.code.value !== "" && this.code.value !== codeFor(this.name.value);
    this.name.addEventListener("input", () => {
      this.paint();
      if (this.isEdited) return;
      this.code.value = codeFor(this.name.value);
      this.later();
    });
    this.code.addEventListener("input", () => {
      this.isEdited = this.code.value !== "";
      this.later();
    });
    this.keepFromSendingTwice();
    const invalid = this.querySelector('[aria-invalid="true"]');
    if (invalid) invalid.focus();
    else this.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
    this.paint();
    document.fonts?.ready.then(() => this.paint());
  }

  keepFromSendingTwice() {
    const button = this.form.querySelector("button");
    this.form.addEventListener("submit", (event) => {
      if (button.ariaBusy === "true") event.preventDefault();
      button.ariaBusy = "true";
    });
    addEventListener("pageshow", () => (button.ariaBusy = "false"));
  }

  /** Write the name above the door in the picture. */
  paint() {
    const name = this.name.value.trim() || this.dataset.sign;
    this.sign.textContent = name.length > 28 ? `${name.slice(0, 27)}…` : name;
    this.sign.setAttribute("font-size", "21");
    const width = this.sign.getComputedTextLength();
    if (width > 188) this.sign.setAttribute("font-size", String(Math.max(11, (21 * 188) / width)));
  }

  later() {
    this.code.removeAttribute("aria-invalid");
    clearTimeout(this.timer);
    this.request?.abort();
    this.say("hint", this.hint);
    if (this.code.value.trim().length < SHORTEST) return;
    this.timer = setTimeout(() => this.check(), 300);
  }

  async check() {
    this.request = new AbortController();
    try {
      const url = `${this.dataset.url}?code=${encodeURIComponent(this.code.value)}`;
      const response = await fetch(url, { signal: this.request.signal });
      if (!response.ok) return;
      const { available, reason } = await response.json();
      if (!available) this.code.setAttribute("aria-invalid", "true");
      this.say(available ? "address__free" : "error", this.dataset[available ? "free" : reason]);
    } catch {
      // The answer to the form will tell.
    }
  }

  say(className, text) {
    const note = document.createElement("p");
    note.className = className;
    note.textContent = text;
    this.notes.replaceChildren(note);
  }
}

customElements.define("open-shop", OpenShop);
