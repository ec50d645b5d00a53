package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.ExitCode;
import java.time.Instant;

/// Walks a flow with nobody there: what is known is taken, what passes by itself is done, and the
/// first thing that nobody said ends it with the flag that would say it. Guesses nothing.
final class UnattendedGuide<S> implements Guide<S> {

  @Override
  public Ended<S> lead(Position<S> start) throws Exception {
    Position<S> position = start;
    while (!position.isDone()) {
      Flow.Entry<S> entry = position.flow().open(position.session()).orElseThrow();
      String missing = entry.unattended().apply(position.session());
      if (!missing.isEmpty()) {
        throw new CommandFailure(ExitCode.ARGUMENTS, missing);
      }
      position = after(position, entry);
    }
    return Ended.with(position.session());
  }

  private static <S> Position<S> after(Position<S> position, Flow.Entry<S> entry) throws Exception {
    Page<S> page = position.page(Instant.EPOCH);
    Step<S> step =
        switch (page.ask()) {
          case Page.Pick<S> pick -> pick.choices().get(pick.preselected()).step();
          case Page.Type<S> type -> type.then().apply(type.initial());
          case Page.Pass<S> pass -> pass.step();
        };
    while (step instanceof Step.Work<S> work) {
      step = work.work().call();
    }
    return switch (step) {
      case Step.Go<S> go -> position.after(go);
      case Step.Settle<S> settle -> position.after(settle);
      case Step.Refuse<S> refuse -> throw new CommandFailure(ExitCode.ARGUMENTS, refuse.why());
      case Step.Interrupt<S> interrupt ->
          throw new CommandFailure(
              ExitCode.ARGUMENTS, String.join(" ", interrupt.overlay().text()));
      case Step.Back<S> back -> throw stuck(entry);
      case Step.Resume<S> resume -> throw stuck(entry);
      case Step.Work<S> work -> throw stuck(entry);
      case Step.Outside<S> outside -> throw stuck(entry);
      case Step.Leave<S> leave -> throw stuck(entry);
    };
  }

  /// A flow whose preselected choice leads nowhere is wrong.
  private static IllegalStateException stuck(Flow.Entry<?> entry) {
    return new IllegalStateException(entry.name() + " cannot be taken with nobody there");
  }
}
