package dev.claudemesh.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// A word that needs another one behind it; alone it does `list` or `show`, where there is one.
@Command(synopsisSubcommandLabel = "<command>")
final class FamilyCommand extends CliCommand {
  private static final List<String> ALONE = List.of("list", "show");

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
    Optional<CommandLine> alone =
        ALONE.stream().map(spec.subcommands()::get).filter(Objects::nonNull).findFirst();
    if (alone.isPresent()) {
      return json ? alone.get().execute("--json") : alone.get().execute();
    }
    spec.commandLine().usage(context.terminal().err());
    return ExitCode.ARGUMENTS.number();
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("A family of commands answers nothing itself");
  }
}
