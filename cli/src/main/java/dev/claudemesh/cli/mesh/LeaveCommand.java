package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.members.MemberRequest;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Leaves a mesh: the broker forgets the member, this machine forgets the key.
@Does(Effect.DESTROY)
@Command(name = "leave", description = "Leave a mesh for good; coming back takes a new invite.")
public final class LeaveCommand extends MeshCommand {
  /// The broker does not know us any more, so there is nothing to leave.
  private static final Set<ProblemCode> GONE_ALREADY =
      Set.of(
          ProblemCode.MESH_NOT_FOUND,
          ProblemCode.NOT_FOUND,
          ProblemCode.UNAUTHORIZED,
          ProblemCode.REVOKED);

  @Parameters(arity = "0..1", paramLabel = "<mesh>", description = "The mesh; the same as --mesh.")
  private Optional<String> named = Optional.empty();

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--local",
      description = "Only forget the mesh on this machine; for a broker that is gone for good.")
  private boolean local;

  public LeaveCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Left(String id, String slug, boolean told) {}

  @Override
  protected Answer answer() throws IOException {
    Membership member = membership(named.or(() -> mesh));
    Confirm.askPerson(
        context, yes, "Leave " + member.slug() + "? Your key to it is removed from this machine.");
    boolean told = !local && tellBroker(member);
    context.config().update(config -> config.without(member.meshId()));
    return Answer.of(new Left(member.meshId(), member.slug(), told))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " You left "
                + member.slug()
                + (told || local ? "" : ", which no longer knew you"))
        .next("claudemesh list");
  }

  private boolean tellBroker(Membership member) {
    try {
      call(member, new MemberRequest.Leave());
      return true;
    } catch (Problem e) {
      if (GONE_ALREADY.contains(e.code())) {
        return false;
      }
      if (e.code() == ProblemCode.UNREACHABLE) {
        throw new Problem(
            e.code(),
            e.getMessage()
                + ". If it is gone for good: claudemesh leave "
                + member.slug()
                + " --local");
      }
      throw e;
    }
  }
}
