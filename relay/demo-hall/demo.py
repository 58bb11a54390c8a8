"""relay/demo's second half: the relay, the lecture, the picture, the verdict."""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from stage import Relay, Stage  # noqa: E402
from verdict import Verdict  # noqa: E402
from watch import Watch  # noqa: E402

SHORTEST_S = 30


def arguments():
    parser = argparse.ArgumentParser(prog="relay/demo", description="A lecture in two halls with remote listeners, live.",
                                     epilog="Example: relay/demo --for 60")
    parser.add_argument("--for", dest="seconds", type=int, metavar="SECONDS", help=f"end after so long (at least {SHORTEST_S}) with a table of what everyone heard and saw")
    parser.add_argument("--listeners", type=int, default=100, metavar="N", help="remote listeners beside the ones who are shown (100)")
    parser.add_argument("--listen", default="127.0.0.1:0", metavar="ADDR:PORT", help="where the page is served (a free port)")
    given = parser.parse_args()
    if given.seconds is not None and given.seconds < SHORTEST_S:
        parser.error(f"--for takes at least {SHORTEST_S} seconds: a page turn and a question must fit in")
    if not 1 <= given.listeners <= 1000:
        parser.error("--listeners takes 1 to 1000")
    return given


def run(stage, watch):
    while stage.seconds is None or stage.now() < stage.seconds:
        now = stage.now()
        stage.play(now)
        watch.show(now)
        time.sleep(0.05)


def end(stage):
    """Everyone stops, the talkers first, so that the last words are still heard."""
    people = [stage.lecturer, *stage.askers]
    for p in people:
        p.participant.say("mute")
    time.sleep(1)
    shown = stage.relay.show(stage.session)
    crowd = stage.load.finish()
    for p in [stage.lecturer, *stage.places]:
        p.participant.stop()  # their recordings are whole
    return shown, crowd


def main():
    given = arguments()
    relay = Relay()
    relay.listen = given.listen
    print(f"aula: two halls and {given.listeners} listeners are joining …", flush=True)
    with relay:
        stage = Stage(relay, given.listeners, given.seconds)
        links = stage.guest_links()
        stage.enter()
        watch = Watch(stage, links)
        if not watch.screen:
            print("\n".join(f"  {role:<18} {url}" for role, url in links), flush=True)
        try:
            run(stage, watch)
        except KeyboardInterrupt:
            print("\naula: the lecture is over.")
            return 0
        shown, crowd = end(stage)
        verdict = Verdict(stage)
        verdict.judge()
        verdict.crowd(crowd)
        verdict.relay(shown)
        verdict.print()
        return 0 if verdict.all_right else 1


if __name__ == "__main__":
    sys.exit(main())
