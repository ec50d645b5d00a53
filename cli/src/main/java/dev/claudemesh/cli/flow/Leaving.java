package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Codes;
import dev.claudemesh.cli.terminal.Stty;
import java.io.PrintStream;
import java.util.Optional;

/// The one way out: leaves the terminal as it was found, however the program ends. What switches
/// the terminal is undone by {@link #leave}, which a signal or a crash calls too; it does its work
/// once. Thread-safe.
public final class Leaving {
  private final PrintStream out;
  private final Runnable calm;
  private final Thread onSignal;
  private boolean left;

  private Leaving(PrintStream out, Runnable calm) {
    this.out = out;
    this.calm = calm;
    this.onSignal = Thread.ofPlatform().name("claudemesh-leave").unstarted(this::leave);
  }

  /// From now on the terminal is left clean when the program ends.
  ///
  /// @param calm ends raw mode
  static Leaving watch(PrintStream out, Runnable calm) {
    Leaving leaving = new Leaving(out, calm);
    Runtime.getRuntime().addShutdownHook(leaving.onSignal);
    return leaving;
  }

  /// Leaves the screens; what stood in the terminal before them is there again.
  synchronized void leave() {
    if (left) {
      return;
    }
    left = true;
    out.print(Codes.CLEAR + Codes.LEAVE);
    out.flush();
    calm.run();
    if (Thread.currentThread() != onSignal) {
      forget();
    }
  }

  private void forget() {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // The program is ending already; the hook finds nothing left to do.
      return;
    }
  }

  /// Before another program takes the terminal: nothing of ours is switched on, whoever switched
  /// it, and where screens of ours were shown, the next one begins on an empty one.
  public static void handOver(PrintStream out, boolean showedScreens) {
    out.print(Codes.LEAVE + (showedScreens ? Codes.CLEAR : ""));
    out.flush();
  }

  /// After a program that had the terminal was killed, and left it as it was using it.
  ///
  /// @param settings what the terminal was set to before
  public static void afterCrash(PrintStream out, Optional<String> settings) {
    out.print(Codes.LEAVE);
    out.flush();
    settings.ifPresent(Stty::restore);
  }
}
