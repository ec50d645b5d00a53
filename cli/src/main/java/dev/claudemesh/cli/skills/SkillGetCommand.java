package dev.claudemesh.cli.skills;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.skills.SkillDocument;
import dev.claudemesh.protocol.skills.SkillReply.Skill;
import dev.claudemesh.protocol.skills.SkillRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Prints a skill as a `SKILL.md`, to be read or kept.
@Does(Effect.READ)
@Command(name = "get", description = "Print a shared skill as a SKILL.md.")
public final class SkillGetCommand extends MeshCommand {
  @Parameters(index = "0", paramLabel = "<name>", description = "Name of the skill.")
  private String name;

  @Option(
      names = "--version",
      paramLabel = "<n>",
      description = "An earlier version; the newest if absent.")
  private Optional<Integer> version = Optional.empty();

  public SkillGetCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      Skill skill =
          link.ask(new SkillRequest.Get(name, version))
              .skill()
              .orElseThrow(() ->
                  new CommandFailure(
                      ExitCode.NOT_FOUND,
                      "There is no skill \""
                          + name
                          + "\""
                          + version.map(number -> " of version " + number).orElse("")
                          + " on "
                          + member.slug()
                          + "; see claudemesh skill list"));
      return Answer.of(skill).line(SafeText.body(SkillDocument.of(skill)).stripTrailing());
    }
  }
}
