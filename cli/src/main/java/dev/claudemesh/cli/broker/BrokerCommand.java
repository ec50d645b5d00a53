package dev.claudemesh.cli.broker;

import dev.claudemesh.broker.BrokerProgram;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.broker.net.PortTakenException;
import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.db.DatabaseException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs the server until it is told to end.
@Command(
    name = "broker",
    description = "Run a broker here, with its own PostgreSQL unless DATABASE_URL names one.",
    subcommands = BrokerCommand.Settings.class,
    footer = {
      "",
      "Ends on Ctrl-C. All settings and where they come from: claudemesh broker config"
    })
public final class BrokerCommand extends CliCommand {
  @Mixin private BrokerFlags flags = new BrokerFlags();

  public BrokerCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() throws InterruptedException {
    BrokerConfig config = flags.read(context.environment());
    try {
      BrokerProgram.run(config, context.terminal().out(), context.terminal().err());
    } catch (PortTakenException e) {
      throw new CommandFailure(ExitCode.EXISTS, e.getMessage());
    } catch (DatabaseException e) {
      throw new CommandFailure(ExitCode.INTERNAL, e.getMessage());
    } catch (UncheckedIOException e) {
      throw new CommandFailure(ExitCode.PERMISSION, e.getMessage());
    }
    return ExitCode.OK.number();
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("A broker answers its clients");
  }

  /// Prints the settings.
  @Command(
      name = "config",
      description = "Print every setting of the broker with its source; secrets as ***.")
  public static final class Settings extends CliCommand {
    @Mixin private BrokerFlags flags = new BrokerFlags();

    public Settings(Context context) {
      super(context);
    }

    /// What `--json` prints.
    record Found(List<BrokerConfig.Found> settings) {}

    @Override
    protected Answer answer() {
      List<BrokerConfig.Found> found = flags.read(context.environment()).found();
      Table table = Table.of("SETTING", "VALUE", "FROM");
      found.forEach(one -> table.row(one.name(), one.value(), one.source()));
      return Answer.of(new Found(found)).table(table).next("claudemesh broker");
    }
  }
}
