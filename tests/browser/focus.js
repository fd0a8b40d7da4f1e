// What the Tab key has to reach in a page, and what it has reached.
(() => {
  const INTERACTIVE = `a[href], area[href], button, input:not([type="hidden"]), select, textarea,
    summary, iframe, [contenteditable="true"], [role="button"], [tabindex]:not([tabindex^="-"])`;

  // Of the element, or of the frame around it.
  const indicator = (element) => [element, element.parentElement].flatMap((each) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
    return [outlineStyle === "none" ? "none" : `${outlineStyle} ${outlineWidth}`, boxShadow];
  });
  const isShown = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && getComputedStyle(element).clipPath === "none";
  const name = (element) => {
    const text = element.getAttribute("aria-label") || element.textContent || element.name || "";
    return `${element.tagName} ${text.trim().replace(/\s+/g, " ").slice(0, 60)}`;
  };
  // All radio buttons of a group are one stop, within which arrow keys move.
  const stopOf = (element) =>
    element.type === "radio" ? element.form?.elements[element.name]?.[0] ?? element : element;
  // At the middle or at a corner: that a part of it is seen is enough.
  const isUncovered = (element) => {
    const { left, right, top, bottom } = element.getClientRects()[0];
    const points = [[(left + right) / 2, (top + bottom) / 2]];
    for (const x of [left + 3, right - 3]) for (const y of [top + 3, bottom - 3]) points.push([x, y]);
    return points.some(([x, y]) => element.contains(document.elementFromPoint(x, y)));
  };

  const stops = [];
  const atRest = [];
  let menu = null;
  const collect = () => {
    for (const element of document.querySelectorAll(INTERACTIVE)) {
      const stop = stopOf(element);
      if (element.matches(":disabled") || !isShown(element) || stops.includes(stop)) continue;
      stops.push(stop);
      atRest.push(indicator(stop));
    }
  };

  window.focusWalk = {
    /** Return the names of all that is to be reached, in closed menus, too. */
    begin() {
      collect();
      for (const each of document.querySelectorAll("details:not([open])")) {
        each.open = true;
        collect();
        each.open = false;
      }
      return stops.map(name);
    },
    /** Return what has the focus, null if the page has none. */
    present() {
      const element = document.activeElement;
      if (menu && !menu.contains(element)) {
        menu.open = false;
        menu = null;
      }
      if (element === document.body) return null;
      const index = stops.indexOf(stopOf(element));
      const shown = indicator(element);
      const isClosed = element.tagName === "SUMMARY" && !element.parentElement.open;
      if (isClosed) menu = element.parentElement;
      return {
        index, isClosed, name: name(element),
        isIndicated: index >= 0 && shown.some((each, i) => each !== "none" && each !== atRest[index][i]),
        isUncovered: isUncovered(element),
      };
    },
    outOfOrder() {
      return [...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).map(name);
    },
  };
})();
