package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.claude.RealClaude;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// The program in a real terminal of a given size, and somebody who types and looks. The terminal
/// stays when the program has ended, with a line that says how.
final class Tmux implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final String ENDED = "exit=";

  private final String socket;
  private final Path home;
  private final Path raw;

  /// How the program is started.
  ///
  /// @param home the user's; the program runs in its folder `payments`
  record Start(
      Path home, int columns, int rows, Map<String, String> variables, List<String> arguments) {
    static Start in(Path home) {
      return new Start(
          home,
          80,
          24,
          Map.of(
              "HOME",
              home.toString(),
              "PATH",
              System.getenv("PATH"),
              "TERM",
              "xterm-256color",
              "LANG",
              "C.UTF-8",
              "USER",
              "ana",
              "CLAUDE_BIN",
              home.resolve("claude").toString()),
          List.of());
    }

    Start sized(int newColumns, int newRows) {
      return new Start(home, newColumns, newRows, variables, arguments);
    }

    Start with(String variable, String value) {
      Map<String, String> more = new TreeMap<>(variables);
      more.put(variable, value);
      return new Start(home, columns, rows, more, arguments);
    }

    Start saying(String... words) {
      return new Start(home, columns, rows, variables, List.of(words));
    }
  }

  private Tmux(String socket, Path home, Path raw) {
    this.socket = socket;
    this.home = home;
    this.raw = raw;
  }

  /// A home with a folder to work in, the program, and a claude that writes down how it was started
  /// and how it found the terminal, and ends when Enter is pressed.
  static Path home(Path folder) throws IOException {
    Path home = Files.createDirectories(folder.resolve("home"));
    Files.createDirectories(home.resolve("payments"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Path arguments = Files.writeString(home.resolve("java-arguments"), RealClaude.javaArguments());
    script(
        home.resolve("claudemesh"),
        "exec '%s' '@%s' \"-Duser.home=$HOME\" -Dclaudemesh.launcher=\"$0\" dev.claudemesh.cli.Main \"$@\""
            .formatted(java, arguments));
    script(
        home.resolve("claude"),
        """
        if [ "$1" = --version ]; then echo "2.1.329 (Claude Code)"; exit 0; fi
        printf '%%s\\n' "$@" > '%1$s/claude-arguments'
        env > '%1$s/claude-environment'
        stty -a > '%1$s/claude-stty'
        echo 'claude is here'
        read line
        """
            .formatted(home));
    return home;
  }

  private static void script(Path path, String text) throws IOException {
    Files.writeString(path, "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// @throws AssertionError if there is no tmux on this machine
  static Tmux start(Start start) throws IOException {
    Path home = start.home();
    Path raw = Files.createTempFile(home, "raw", "");
    List<String> words = new ArrayList<>(List.of("env", "-i"));
    start.variables().forEach((name, value) -> words.add(name + "=" + value));
    words.add("sh");
    Path inner = home.resolve("run-" + raw.getFileName() + ".sh");
    StringBuilder script = new StringBuilder("cd '" + home.resolve("payments") + "'\n");
    script.append("while [ ! -e '").append(raw).append(".watched' ]; do sleep 0.05; done\n");
    script.append("stty -g > '").append(home).append("/stty-before'\n'");
    script.append(home.resolve("claudemesh")).append("'");
    start.arguments().forEach(word -> script.append(" '").append(word).append("'"));
    script.append("\ncode=$?\nstty -g > '").append(home).append("/stty-after'\n");
    script.append("echo ").append(ENDED).append("$code\nexec sleep 600\n");
    Files.writeString(inner, script);
    words.add(inner.toString());
    Tmux tmux = new Tmux("claudemesh-test-" + raw.getFileName(), home, raw);
    List<String> command =
        new ArrayList<>(
            List.of(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                Integer.toString(start.columns()),
                "-y",
                Integer.toString(start.rows())));
    command.addAll(words);
    tmux.call(command);
    // What a client is asked for and there is none does not make the window another size.
    tmux.call(List.of("set", "-g", "status", "off"));
    tmux.call(List.of("set", "-g", "escape-time", "0"));
    tmux.resize(start.columns(), start.rows());
    tmux.call(List.of("pipe-pane", "-O", "cat > '" + raw + "'"));
    Files.createFile(Path.of(raw + ".watched"));
    return tmux;
  }

  private String call(List<String> words) {
    List<String> command = new ArrayList<>(List.of("tmux", "-u", "-L", socket));
    command.addAll(words);
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().remove("TMUX");
      builder.environment().put("LANG", "C.UTF-8");
      Process process = builder.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(CALL.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(command + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new AssertionError("These tests look at a real terminal: install tmux", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Presses keys, by the names that tmux gives them.
  Tmux press(String... keys) {
    List<String> words = new ArrayList<>(List.of("send-keys"));
    words.addAll(List.of(keys));
    call(words);
    return this;
  }

  /// Types a text as it is, and Enter.
  Tmux type(String text) {
    call(List.of("send-keys", "-l", text));
    return press("Enter");
  }

  /// Pastes a text as a terminal does.
  Tmux paste(String text) {
    call(List.of("set-buffer", text));
    call(List.of("paste-buffer", "-p"));
    return this;
  }

  void resize(int columns, int rows) {
    call(List.of("resize-window", "-x", Integer.toString(columns), "-y", Integer.toString(rows)));
  }

  /// What stands there, without blanks at the ends of lines and below.
  String screen() {
    return call(List.of("capture-pane", "-p")).replaceAll("(?m) +$", "").stripTrailing() + "\n";
  }

  /// The same with colours.
  String coloured() {
    return call(List.of("capture-pane", "-p", "-e")).stripTrailing() + "\n";
  }

  /// Waits until all of these stand there.
  Tmux sees(String... texts) {
    awaitScreen(
        screen -> List.of(texts).stream().allMatch(screen::contains), String.join(", ", texts));
    return this;
  }

  Tmux seesNoMore(String text) {
    awaitScreen(screen -> !screen.contains(text), "no " + text);
    return this;
  }

  /// Waits for the end of the program.
  ///
  /// @return its exit code
  int ends() {
    awaitScreen(screen -> screen.contains(ENDED), ENDED);
    return Integer.parseInt(screen().replaceAll("(?s).*" + ENDED + "(\\d+).*", "$1"));
  }

  private void awaitScreen(Predicate<String> wanted, String what) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    String screen = screen();
    while (!wanted.test(screen)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("Waited for: " + what + "\nand saw:\n" + screen);
      }
      LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
      screen = screen();
    }
  }

  /// What the terminal is set to, by tmux's own names.
  String state(String format) {
    return call(List.of("display-message", "-p", format)).strip();
  }

  /// All bytes that the program wrote to the terminal.
  String written() {
    try {
      return Files.readString(raw);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The program itself.
  ProcessHandle program() {
    return ProcessHandle.of(Long.parseLong(state("#{pane_pid}")))
        .orElseThrow()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("/java"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("The program does not run:\n" + screen()));
  }

  /// Whether the terminal is as it was before the program.
  boolean isClean() throws IOException {
    String written = written();
    return Files.readString(home.resolve("stty-before"))
            .equals(Files.readString(home.resolve("stty-after")))
        && state("#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag}")
            .equals("0 1 0 0")
        && written.lastIndexOf("\u001b[?2004l") > written.lastIndexOf("\u001b[?2004h");
  }

  @Override
  public void close() {
    call(List.of("kill-server"));
  }
}
