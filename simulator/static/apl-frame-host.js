// The page's side of the screen: makes the frame when the first screen is shown, queues until it is ready, and believes
// a message only when it comes from that frame. See apl-frame.js for the messages.
//
//   const screen = aplScreen(holder, { onEvent, onRendered, onError });
//   screen.render(directive, profile)   a RenderDocument directive and an entry of GET /apl-frame/profiles.json
//   screen.commands(directive)          an ExecuteCommands directive
//   screen.clear()                      the screen goes dark; screen.remove() takes the frame away
//
// onEvent gets {arguments, token, source}: POST the arguments to the device's `touch`.

export function aplScreen(holder, { onEvent, onRendered, onError, src = "/apl-frame" } = {}) {
  let frame = null;
  let ready = false;
  let waiting = [];
  let count = 0;
  let token = "";

  const heard = (event) => {
    if (!frame || event.source !== frame.contentWindow) return;
    const message = event.data ?? {};
    if (message.kind === "ready") {
      ready = true;
      waiting.forEach((each) => frame.contentWindow.postMessage(each, "*"));
      waiting = [];
    } else if (message.kind === "error") {
      onError?.(String(message.message));
    } else if (message.id === count && message.kind === "rendered") {
      onRendered?.(message.text.map(String), Number(message.ms));
    } else if (message.id === count && message.kind === "event") {
      // A touch on a screen that has been replaced meanwhile counts for nothing.
      onEvent?.({ arguments: message.arguments, token, source: message.source });
    }
  };

  const send = (message) => {
    if (ready) frame.contentWindow.postMessage(message, "*");
    else waiting.push(message);
  };

  const open = () => {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = "The device's screen";
    frame.setAttribute("sandbox", "allow-scripts");
    frame.style.border = "0";
    window.addEventListener("message", heard);
    frame.src = src;
    holder.append(frame);
  };

  return {
    get frame() {
      return frame;
    },
    render(directive, profile) {
      open();
      frame.width = profile.width;
      frame.height = profile.height;
      token = directive.token ?? "";
      count += 1;
      const { document: aplDocument, datasources } = directive;
      send({ kind: "render", id: count, document: aplDocument, datasources, viewport: profile });
    },
    commands(directive) {
      if (frame) send({ kind: "commands", commands: directive.commands });
    },
    clear() {
      count += 1;
      if (frame) send({ kind: "clear" });
    },
    remove() {
      window.removeEventListener("message", heard);
      frame?.remove();
      frame = null;
      ready = false;
      waiting = [];
    },
  };
}
