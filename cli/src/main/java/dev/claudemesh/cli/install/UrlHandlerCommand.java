package dev.claudemesh.cli.install;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.protocol.Operation.Effect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Lets a Linux desktop open `claudemesh://` links in a terminal, where joining is asked first.
@Does(Effect.WRITE)
@Command(
    name = "url-handler",
    description = "Let your Linux desktop open claudemesh:// links, or no longer.")
public final class UrlHandlerCommand extends CliCommand {
  /// What is to be done.
  enum Action {
    install,
    remove
  }

  @Parameters(paramLabel = "install|remove", description = "What is to be done.")
  private Action action;

  public UrlHandlerCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Done(String action, List<String> changed) {}

  @Override
  protected Answer answer() {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, "Links can be opened so on Linux only; use claudemesh join <link>.");
    }
    Path data = folder("XDG_DATA_HOME", ".local/share");
    ForeignFile entry =
        new ForeignFile(data.resolve("applications").resolve(MimeApps.DESKTOP_FILE));
    ForeignFile apps =
        new ForeignFile(folder("XDG_CONFIG_HOME", ".config").resolve("mimeapps.list"));
    List<String> changed = new ArrayList<>();
    if (action == Action.install) {
      String text = desktopEntry(launcher());
      change(entry, _ -> text, changed);
      change(apps, MimeApps::with, changed);
    } else {
      change(apps, MimeApps::without, changed);
      change(entry, _ -> "", changed);
    }
    String told =
        action == Action.install
            ? " claudemesh:// links open in a terminal, which asks before it joins"
            : " claudemesh:// links are no longer opened by us";
    Answer answer =
        Answer.of(new Done(action.name(), changed))
            .line(terminal -> terminal.icon(Icon.GOOD) + told);
    changed.forEach(path -> answer.remark("  changed " + path));
    return answer.next(
        action == Action.install ? "claudemesh url-handler remove" : "claudemesh join <link>");
  }

  private Path launcher() {
    return context
        .environment()
        .launcher()
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.ARGUMENTS,
                "It is not known where claudemesh is; start it by its script:"
                    + " <repository>/claudemesh url-handler install"));
  }

  private Path folder(String variable, String usual) {
    return context
        .environment()
        .variable(variable)
        .map(Path::of)
        .filter(Path::isAbsolute)
        .orElseGet(() -> context.environment().home().resolve(usual));
  }

  /// A file with nothing in it is removed.
  private static void change(ForeignFile file, UnaryOperator<String> edit, List<String> changed) {
    Optional<String> before = file.read();
    String after = edit.apply(before.orElse(""));
    if (after.equals(before.orElse(""))) {
      return;
    }
    if (after.isEmpty()) {
      file.delete();
    } else if (!file.replace(before, after)) {
      throw new CommandFailure(
          ExitCode.EXISTS, file.path() + " was changed by somebody else just now; run this again");
    }
    changed.add(file.path().toString());
  }

  /// The link is an argument of its own and never part of a shell's text; the window stays until
  /// what happened was read.
  static String desktopEntry(Path launcher) {
    return String.join(
            "\n",
            "[Desktop Entry]",
            "Type=Application",
            "Name=claudemesh",
            "Comment=Opens claudemesh:// links",
            "Exec=/bin/sh -c "
                + quoted("\"$0\" join --ask \"$1\"; echo; echo 'Press Enter to close.'; read -r _")
                + " "
                + quoted(launcher.toString().replace("%", "%%"))
                + " %u",
            "Terminal=true",
            "NoDisplay=true",
            "MimeType=x-scheme-handler/claudemesh;")
        + "\n";
  }

  /// As an argument of an Exec line, whose backslashes are themselves written twice.
  private static String quoted(String argument) {
    return "\"" + argument.replaceAll("([\"`$\\\\])", "\\\\$1").replace("\\", "\\\\") + "\"";
  }
}
