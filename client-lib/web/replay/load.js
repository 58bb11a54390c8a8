// Where the recording comes from: beside the page on a relay or any web server, or, opened as a file, out of data.js, which holds it all.
'use strict';
globalThis.aula ??= {};

(function () {
  const onRelay = /^\/r\/[^/]+\/[^/]+\/$/.test(location.pathname);

  // A deck's file: the relay has them under /d/ for everyone, a folder has its own.
  function place(path) {
    return onRelay ? path : path.replace(/^\//, '');
  }

  function script(src) {
    return new Promise((resolve, reject) => {
      const s = document.createElement('script');
      s.src = src;
      s.onload = resolve;
      s.onerror = () => reject(new Error(src));
      document.head.append(s);
    });
  }

  async function text(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(path + ': ' + answer.status);
    return answer.text();
  }

  async function fromFile() {
    await script('data.js');
    return aula.data;
  }

  async function fromServer() {
    const [index, lines] = await Promise.all([text('index.json'), text('timeline.jsonl')]);
    return { index: JSON.parse(index), lines: aula.timeline.parse(lines), manifests: {} };
  }

  async function manifest(data, path) {
    if (data.manifests[path]) return data.manifests[path];
    return location.protocol === 'file:' ? { pages: [] } : JSON.parse(await text(place(path)));
  }

  // {story, channel}: channel is the index's first, or undefined.
  async function load() {
    const data = await (location.protocol === 'file:' ? fromFile() : fromServer());
    const channel = (data.index.channels || [])[0];
    const story = aula.timeline.build(data.lines, channel && channel.start);
    await Promise.all([...new Set([...story.decks.values()].map((d) => d.manifest))].map(async (path) => {
      try { aula.timeline.giveManifest(story, path, await manifest(data, path)); } catch { /* the page says so where it would be shown */ }
    }));
    return { story, channel };
  }

  aula.load = load;
  aula.place = place;
}());
