package dev.claudemesh.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A tree of commands as completions of fish. Pure.
final class FishCompletions {
  private final String program;
  private final List<String> lines = new ArrayList<>();

  private FishCompletions(String program) {
    this.program = program;
  }

  static String of(String program, CommandLine tree) {
    FishCompletions fish = new FishCompletions(program);
    fish.lines.add("# " + program + " for fish");
    fish.lines.add("complete -c " + program + " -f");
    fish.command(tree, "__fish_use_subcommand", "__fish_use_subcommand");
    return String.join("\n", fish.lines) + "\n";
  }

  /// @param here when the command itself was typed
  /// @param open when it was typed and none of its own commands
  private void command(CommandLine command, String here, String open) {
    command.getCommandSpec().options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> option(option, here));
    if (command.getCommandSpec().args().stream().anyMatch(FishCompletions::isFile)) {
      lines.add("complete -c " + program + " -n " + quoted(here) + " -F");
    }
    Map<String, CommandLine> children = command.getSubcommands();
    children.forEach((name, child) -> {
      lines.add(
          "complete -c "
              + program
              + " -n "
              + quoted(open)
              + " -a "
              + name
              + " -d "
              + quoted(first(child.getCommandSpec().usageMessage().description())));
      String below =
          here.equals("__fish_use_subcommand")
              ? "__fish_seen_subcommand_from " + name
              : here + "; and __fish_seen_subcommand_from " + name;
      command(child, below, below + closed(child));
    });
  }

  private static String closed(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? ""
        : "; and not __fish_seen_subcommand_from "
            + String.join(" ", command.getSubcommands().keySet());
  }

  private void option(OptionSpec option, String here) {
    StringBuilder line = new StringBuilder("complete -c " + program + " -n " + quoted(here));
    for (String name : option.names()) {
      line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
    }
    if (option.arity().max() > 0) {
      line.append(isFile(option) ? " -rF" : " -r");
    }
    if (option.completionCandidates() != null) {
      line.append(" -a ")
          .append(
              quoted(
                  StreamSupport.stream(option.completionCandidates().spliterator(), false)
                      .collect(Collectors.joining(" "))));
    }
    lines.add(line + " -d " + quoted(first(option.description())));
  }

  private static boolean isFile(ArgSpec argument) {
    return Path.class.isAssignableFrom(argument.type())
        || List.of(argument.auxiliaryTypes()).contains(Path.class);
  }

  private static String first(String[] description) {
    return description.length == 0 ? "" : description[0].replaceAll("\\$\\{[^}]*}", "").strip();
  }

  /// In single quotes fish reads only these two signs as more than themselves.
  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
