package dev.claudemesh.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A word that needs another one behind it; alone it does `list`, where there is one.
@Command(synopsisSubcommandLabel = "<command>")
final class FamilyCommand extends CliCommand {
  private static final String ALONE = "list";

  @Spec private CommandSpec spec;

  private FamilyCommand(Context context) {
    super(context);
  }

  static CommandSpec spec(Context context, Word.Family family) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(new FamilyCommand(context));
    spec.name(family.name());
    spec.usageMessage().description(family.description());
    return spec;
  }

  @Override
  public Integer call() {
    CommandLine alone = spec.subcommands().get(ALONE);
    if (alone != null) {
      return json ? alone.execute("--json") : alone.execute();
    }
    spec.commandLine().usage(context.terminal().err());
    return ExitCode.ARGUMENTS.number();
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("A family of commands answers nothing itself");
  }
}
