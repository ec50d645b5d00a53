package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// A command about one of the meshes that were joined.
public abstract class MeshCommand extends CliCommand {
  @Option(
      names = {"-m", "--mesh"},
      paramLabel = "<mesh>",
      description = "Which of your meshes: its slug, name or id. The one used last if absent.")
  protected Optional<String> mesh = Optional.empty();

  protected MeshCommand(Context context) {
    super(context);
  }

  /// The mesh that is meant; from now on it is the one used last.
  protected Membership membership() {
    return membership(mesh);
  }

  protected Membership membership(Optional<String> called) {
    LastUsed.File note = context.folder().lastUsed();
    Optional<LastUsed> last = note.read();
    Membership chosen =
        MeshChoice.choose(context.config().read(), called, last.map(LastUsed::meshSlug));
    if (last.filter(used -> used.meshSlug().equals(chosen.slug())).isEmpty()) {
      note.write(
          new LastUsed(
              chosen.slug(),
              last.flatMap(LastUsed::displayName),
              last.flatMap(LastUsed::role),
              context.clock().instant()));
    }
    return chosen;
  }

  /// Calls an operation over HTTP, signed by the member.
  protected <R extends Reply> R call(Membership member, Request<R> request) {
    Optional<String> permissions =
        Optional.ofNullable(context.environment().variables().get(HelloDetails.PERMISSIONS));
    try (BrokerHttp http = new BrokerHttp(member.brokerUrl(), permissions)) {
      return http.call(request, Optional.of(member.key()), Map.of("mesh", member.meshId()));
    }
  }

  /// `--mesh` for the next command, where there is more than one to choose from.
  protected String meshFlag(Membership member) {
    return context.config().read().memberships().size() > 1 ? " --mesh " + member.slug() : "";
  }
}
