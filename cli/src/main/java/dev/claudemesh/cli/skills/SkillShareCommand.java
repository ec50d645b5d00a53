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
import dev.claudemesh.protocol.skills.SkillReply;
import dev.claudemesh.protocol.skills.SkillRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Shares a skill that stands in a file.
@Does(Effect.WRITE)
@Command(name = "share", description = "Share a skill from its SKILL.md, or a new version of it.")
public final class SkillShareCommand extends MeshCommand {
  private static final String FILE = "SKILL.md";
  private static final long MOST = 200_000;

  @Parameters(
      index = "0",
      paramLabel = "<file>",
      description = "A SKILL.md, or the folder it stands in.")
  private Path place;

  public SkillShareCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() throws IOException {
    SkillRequest.Share share = read();
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      SkillReply.Ack ack = link.ask(share);
      return Answer.of(ack)
          .line(
              "Shared "
                  + SafeText.line(ack.name())
                  + " on "
                  + member.slug()
                  + ack.version().map(version -> ", version " + version).orElse(""))
          .next("claudemesh skill get " + ack.name() + meshFlag(member));
    }
  }

  private SkillRequest.Share read() throws IOException {
    Path given = context.environment().folder().resolve(place);
    Path file = Files.isDirectory(given) ? given.resolve(FILE) : given;
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "There is no file " + file);
    }
    if (Files.size(file) > MOST) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, file + " is larger than " + MOST + " bytes, too large for a skill");
    }
    return SkillFile.read(Files.readString(file), name(file));
  }

  /// A skill is called as its folder where nothing else is said.
  private static String name(Path file) {
    Path named = file.toAbsolutePath().normalize();
    return named.getFileName().toString().equals(FILE) && named.getParent().getFileName() != null
        ? named.getParent().getFileName().toString()
        : named.getFileName().toString().replaceFirst("\\.md$", "");
  }
}
