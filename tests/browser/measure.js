// What a person would see, measured. The tests lay this over a page; no page loads it.
"use strict";
globalThis.measure = (() => {
  const seen = (e) =>
    e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    getComputedStyle(e).clipPath === "none" &&
    !e.closest(".unseen:not(:focus), .hidden-field, .skip:not(:focus)");
  const inline = (e) => getComputedStyle(e).display === "inline";
  const own = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const name = (e) => `${e.tagName.toLowerCase()}${e.className ? "." + e.className : ""} ${e.textContent.trim().slice(0, 40)}`;
  const all = () => [...document.body.querySelectorAll("*")].filter(seen);
  const CONTROLS = "a[href], button, input:not([type=hidden]), summary, select, textarea";

  // Every text that is seen, in the page's order.
  function texts() {
    return all().filter(own).map((e) => e.textContent.trim().replace(/\s+/g, " "));
  }

  // What sticks out of the window, or of the box that it stands in.
  function clipped() {
    const root = document.documentElement;
    const faults = root.scrollWidth > root.clientWidth ? [`page ${root.scrollWidth} > ${root.clientWidth}`] : [];
    for (const e of all()) {
      const box = e.getBoundingClientRect();
      const style = getComputedStyle(e);
      if (box.left < -1 || box.right > root.clientWidth + 1) faults.push(`outside: ${name(e)}`);
      if (!inline(e) && e.tagName !== "INPUT" && e.scrollWidth > e.clientWidth + 1)
        faults.push(`too wide: ${name(e)}`);
      if (style.overflowY !== "visible" && e.scrollHeight > e.clientHeight + 1 && e !== root && e !== document.body)
        faults.push(`cut off: ${name(e)}`);
    }
    return faults;
  }

  // Texts that lie on top of each other.
  function colliding() {
    const boxes = all().filter(own).map((e) => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return [e, range.getBoundingClientRect()];
    });
    const faults = [];
    for (const [i, [a, x]] of boxes.entries())
      for (const [b, y] of boxes.slice(i + 1)) {
        if (a.contains(b)) continue;
        const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left);
        const high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top);
        if (wide > 2 && high > 4 && !inline(a) && !inline(b)) faults.push(`${name(a)} / ${name(b)}`);
      }
    return faults;
  }
  // Words that go on in the next line without a hyphen.
  function broken() {
    const faults = [];
    for (const e of all())
      for (const node of [...e.childNodes].filter((n) => n.nodeType === 3))
        for (const word of node.data.matchAll(/(?<![@.\p{L}\d])[\p{L}\d]+(?![@.]\S)/gu)) {
          const range = document.createRange();
          range.setStart(node, word.index);
          range.setEnd(node, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) faults.push(`broken: ${word[0]}`);
        }
    return faults;
  }

  // Controls with the size of the area that answers to a press; links inside a sentence have none to keep.
  function targets() {
    return [...document.querySelectorAll(CONTROLS)].filter(seen).filter((e) => !inline(e)).map((e) => {
      const whole = e.closest("label") || e;
      const box = whole.getBoundingClientRect();
      const framed = parseFloat(getComputedStyle(whole).borderTopWidth) > 0;
      return { name: name(whole), framed, wide: Math.round(box.width), high: Math.round(box.height) };
    });
  }

  // Texts that have the colour of what they stand on, fields and buttons whose edge has.
  function faint() {
    const ground = (e) => {
      const own = e && getComputedStyle(e).backgroundColor;
      return !e ? "rgb(255, 255, 255)" : own.endsWith(", 0)") ? ground(e.parentElement) : own;
    };
    const texts = all().filter(own).filter((e) => getComputedStyle(e).color === ground(e));
    const edges = [...document.querySelectorAll("button, input:not([type=hidden]), .choice, .line a, .tiles a")]
      .filter(seen)
      .filter((e) => !/radio|checkbox/.test(e.type) && !parseFloat(getComputedStyle(e).borderTopWidth));
    return [...texts, ...edges].map(name);
  }

  // The longest movement that anything on the page makes, in milliseconds.
  function motion() {
    const spans = [...document.querySelectorAll("*")].flatMap((e) => {
      const style = getComputedStyle(e);
      return `${style.transitionDuration}, ${style.animationDuration}`.split(", ").map(parseFloat);
    });
    return Math.max(...spans) * 1000;
  }

  return { faint, motion, texts, clipped, colliding, broken, targets };
})();
