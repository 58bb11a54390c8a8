// What only some are told, beside the events: a hall's code, questions that wait for a chair, polls that are prepared, one's own votes.
export const emptyAsides = () => ({ codes: new Map(), waiting: new Map(), prepared: new Map(), tallies: new Map(), votes: new Set(), answers: new Map() });

const takes = {
  code: (a, s) => a.codes.set(s.room, s.code),
  pending: (a, s) => a.waiting.set(s.question, { id: s.question, who: s.who, at: s.at, text: s.text }),
  prepared: (a, s) => a.prepared.set(s.poll, { id: s.poll, text: s.text, options: s.options, several: s.several, quiz: s.quiz, right: s.right }),
  tally: (a, s) => a.tallies.set(s.poll, s.counts),
  mine: (a, s) => { a.votes = new Set(s.votes); a.answers = new Map(s.answers.map((one) => [one.poll, one.choices])); },
};

export const asideKinds = Object.keys(takes);

export function takeAside(asides, sentence) {
  takes[sentence.kind](asides, sentence);
}

// What an event ends: a question is shown or dismissed, a poll dropped.
export function asidesAfter(asides, event) {
  if (event.kind === 'question' || event.kind === 'dismissed') asides.waiting.delete(event.question);
  if (event.kind === 'poll-dropped') { asides.prepared.delete(event.poll); asides.tallies.delete(event.poll); }
}
