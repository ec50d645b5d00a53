package dev.claudemesh.bench.commands;

import java.util.Locale;
import picocli.CommandLine;

/// Puts the scenarios under a command, in the order of the report.
public final class Scenarios {
  private Scenarios() {}

  /// Adds a subcommand for each.
  public static void addTo(CommandLine line) {
    for (MessageScenario scenario : MessageScenario.values()) {
      String name = scenario.name().toLowerCase(Locale.ROOT);
      CommandLine command = new CommandLine(new MessageCommand(scenario));
      command.getCommandSpec().name(name).usageMessage().description(scenario.title + ".");
      line.addSubcommand(name, command);
    }
    line.addSubcommand(new IdleCommand());
    line.addSubcommand(new StartCommand());
    line.addSubcommand(new PostgresCommand());
    line.addSubcommand(new StateCommand());
    line.addSubcommand(new RecallCommand());
    line.addSubcommand(new AuditCommand());
    line.addSubcommand(new ToolsCommand());
    line.addSubcommand(new CommandsCommand());
    line.addSubcommand(new ReportCommand());
    line.addSubcommand(new JmhCommand());
  }
}
