package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Problem;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/// Leads through a flow on a screen. One thread draws, reads keys, and takes news and results of
/// work in between.
final class ScreenGuide<S> implements Guide<S> {
  /// Exit code of a program that Ctrl-C ended.
  static final int INTERRUPTED = 130;

  private static final Duration TICK = Duration.ofMillis(100);
  private static final int MOST_NEWS = 100;

  private final Terminal look;
  private final InstantSource clock;
  private final Watch<S> watch;
  private final BlockingQueue<News<S>> news = new LinkedBlockingQueue<>(MOST_NEWS);
  private Window window;
  private Position<S> position;
  private Optional<Doing<S>> doing = Optional.empty();
  private Optional<String> banner = Optional.empty();
  private Optional<S> watched = Optional.empty();
  private String place = "";
  private Hand hand;

  /// Work in progress.
  private record Doing<S>(Step.Work<S> work, FutureTask<Step<S>> result) {}

  ScreenGuide(Window window, Terminal look, InstantSource clock, Watch<S> watch) {
    this.window = window;
    this.look = look;
    this.clock = clock;
    this.watch = watch;
  }

  @Override
  public Ended<S> lead(Position<S> start) throws Exception {
    position = start;
    try (watch) {
      while (!position.isDone() && !position.left()) {
        look();
        if (doing.isEmpty() && position.page(now()).ask() instanceof Page.Pass<S> pass) {
          take(pass.step());
          if (doing.isEmpty()) {
            continue;
          }
        }
        draw();
        Optional<Key> key = window.key(TICK);
        if (key.isPresent() && quits(key.get())) {
          return Ended.left(INTERRUPTED);
        }
        hear();
      }
      return position.left() ? Ended.left(1) : Ended.with(position.session());
    } finally {
      window.close();
    }
  }

  /// Notices that the place or the record is another one.
  private void look() {
    if (watched.filter(position.session()::equals).isEmpty()) {
      watched = Optional.of(position.session());
      watch.on(position.session(), news::offer);
    }
    if (!place.equals(position.place())) {
      place = position.place();
      hand = Hand.on(position.page(now()));
    }
  }

  private void draw() {
    Page<S> page = position.page(now());
    window.show(
        new Layout(look, window.width(), window.height())
            .frame(
                page,
                hand,
                new Layout.Around(
                    position.top().map(Overlay::icon),
                    doing.map(Doing::work).map(Step.Work::doing),
                    banner,
                    position.canGoBack())));
  }

  private boolean quits(Key key) throws Exception {
    if (key == Key.Named.QUIT) {
      return true;
    }
    if (doing.isEmpty()) {
      Hand.Pressed<S> pressed = hand.press(key, position.page(now()));
      hand = pressed.hand();
      if (pressed.step().isPresent()) {
        take(pressed.step().get());
      }
    }
    return false;
  }

  private void hear() throws Exception {
    for (News<S> next = news.poll(); next != null; next = news.poll()) {
      position =
          switch (next) {
            case News.Learned<S> learned -> position.learned(learned.fact());
            case News.Interrupted<S> interrupted -> position.interrupted(interrupted.overlay());
            case News.Withdrawn<S> withdrawn -> position.withdrawn(withdrawn.name());
            case News.Banner<S> told -> {
              banner = Optional.of(told.text());
              yield position;
            }
          };
    }
    if (doing.filter(one -> one.result().isDone()).isPresent()) {
      Doing<S> done = doing.get();
      doing = Optional.empty();
      take(result(done));
    }
    Optional<Step<S>> due =
        position
            .top()
            .flatMap(Overlay::again)
            .filter(again -> !now().isBefore(again.at()))
            .flatMap(Overlay.Countdown::step);
    if (doing.isEmpty() && due.isPresent()) {
      take(due.get());
    }
  }

  private static <S> Step<S> result(Doing<S> done) throws Exception {
    try {
      return done.result().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Problem problem) {
        return done.work().trouble().apply(problem);
      }
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private void take(Step<S> step) throws Exception {
    switch (step) {
      case Step.Work<S> work -> begin(work);
      case Step.Outside<S> outside -> take(outside(outside.work()));
      case Step.Refuse<S> refuse -> hand = hand.refused(refuse.why());
      default -> {
        position = position.after(step);
        place = "";
      }
    }
  }

  private void begin(Step.Work<S> work) {
    FutureTask<Step<S>> result = new FutureTask<>(work.work());
    doing = Optional.of(new Doing<>(work, result));
    Thread.ofVirtual().name("claudemesh-work").start(result);
  }

  private Step<S> outside(Callable<Step<S>> work) throws Exception {
    window.close();
    Step<S> step = work.call();
    window =
        Window.open(look.out()).orElseThrow(() -> new IOException("The terminal is no screen now"));
    return step;
  }

  private Instant now() {
    return clock.instant();
  }
}
