package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Line;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Leads through a flow by numbered questions, for terminals that can only print lines.
final class QuestionGuide<S> implements Guide<S> {
  private final Terminal terminal;
  private final BufferedReader in;
  private final InstantSource clock;

  QuestionGuide(Terminal terminal, InputStream in, InstantSource clock) {
    this.terminal = terminal;
    this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    this.clock = clock;
  }

  @Override
  public Ended<S> lead(Position<S> start) throws Exception {
    Position<S> position = start;
    while (!position.isDone()) {
      Page<S> page = position.page(clock.instant());
      Optional<Step<S>> step = ask(page, position.top().map(Overlay::icon));
      if (step.isEmpty()) {
        return Ended.left(1);
      }
      position = after(position, step.get());
      if (position.left()) {
        return Ended.left(1);
      }
    }
    return Ended.with(position.session());
  }

  private Position<S> after(Position<S> position, Step<S> step) throws Exception {
    return switch (step) {
      case Step.Refuse<S> refuse -> {
        terminal.talk(terminal.in(Style.ERROR, SafeText.line(refuse.why())));
        yield position;
      }
      case Step.Work<S> work -> {
        terminal.talk(SafeText.line(work.doing()) + " ...");
        Step<S> next;
        try {
          next = work.work().call();
        } catch (Problem problem) {
          next = work.trouble().apply(problem);
        }
        yield after(position, next);
      }
      case Step.Outside<S> outside -> after(position, outside.work().call());
      default -> position.after(step);
    };
  }

  /// Empty at the end of the input.
  private Optional<Step<S>> ask(Page<S> page, Optional<Icon> icon) throws IOException {
    if (page.ask() instanceof Page.Pass<S> pass) {
      return Optional.of(pass.step());
    }
    int width = terminal.width();
    terminal.talk("");
    Cards.lines(
            icon.map(sign -> sign.in(terminal) + " ").orElse("") + page.title(),
            page.rows(),
            terminal)
        .forEach(terminal::talk);
    page.text()
        .forEach(text ->
            Columns.wrap(SafeText.line(text), width - 4)
                .forEach(line -> terminal.talk("    " + line)));
    return switch (page.ask()) {
      case Page.Pick<S> pick -> picked(pick, width);
      case Page.Type<S> type ->
          line(type.label() + (type.initial().isEmpty() ? "" : " [" + type.initial() + "]") + ": ")
              .map(text -> type.then().apply(text.isEmpty() ? type.initial() : text));
      case Page.Pass<S> pass -> Optional.of(pass.step());
    };
  }

  private Optional<Step<S>> picked(Page.Pick<S> pick, int width) throws IOException {
    List<Page.Choice<S>> choices = pick.choices();
    for (int i = 0; i < choices.size(); i++) {
      Page.Choice<S> choice = choices.get(i);
      terminal.talk(
          Line.of("    " + (i + 1) + ") " + choice.label())
              .add(Style.MUTED, choice.note().isEmpty() ? "" : "   " + choice.note())
              .shown(terminal, width));
    }
    return line("Number [" + (pick.preselected() + 1) + "]: ")
        .map(text -> {
          if (text.isEmpty()) {
            return choices.get(pick.preselected()).step();
          }
          return text.matches("[1-9]\\d{0,3}") && Integer.parseInt(text) <= choices.size()
              ? choices.get(Integer.parseInt(text) - 1).step()
              : new Step.Refuse<S>("Type a number from 1 to " + choices.size());
        });
  }

  private Optional<String> line(String question) throws IOException {
    terminal.err().print(SafeText.line(question));
    terminal.err().flush();
    return Optional.ofNullable(in.readLine()).map(String::strip);
  }
}
