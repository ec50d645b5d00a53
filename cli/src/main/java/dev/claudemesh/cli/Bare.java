package dev.claudemesh.cli;

import dev.claudemesh.cli.launch.LaunchCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/// What is meant where no command is named: `claudemesh` alone at a terminal, with an invite link,
/// or with a flag of `launch` first, starts Claude Code.
final class Bare {
  /// Flags of the program itself.
  private static final Set<String> OWN = Set.of("-h", "--help", "-V", "--version", "--json");

  private Bare() {}

  /// The arguments with the command that is meant.
  static String[] meant(Context context, IFactory factory, String... arguments) {
    if (arguments.length == 0) {
      return context.terminal().interactive() ? new String[] {"launch"} : arguments;
    }
    String first = arguments[0];
    List<String> all = new ArrayList<>(List.of(arguments));
    if (isLink(first)) {
      all.set(0, "--join=" + first);
    } else if (!first.equals("--") && !isFlagOfLaunch(first, factory)) {
      return arguments;
    }
    all.addFirst("launch");
    return all.toArray(String[]::new);
  }

  /// No command has such a name. A bare code could be one that was misspelt.
  private static boolean isLink(String text) {
    return !text.startsWith("-")
        && (text.contains("/i/")
            || text.contains("/join/")
            || text.matches("(claudemesh|ic)://.*"));
  }

  private static boolean isFlagOfLaunch(String text, IFactory factory) {
    if (!text.startsWith("-") || OWN.contains(text)) {
      return false;
    }
    String flag =
        text.startsWith("--")
            ? text.replaceFirst("=.*", "")
            : text.substring(0, Math.min(2, text.length()));
    return flags(factory).contains(flag);
  }

  static Set<String> flags(IFactory factory) {
    return new CommandLine(LaunchCommand.class, factory).getCommandSpec().optionsMap().keySet();
  }
}
