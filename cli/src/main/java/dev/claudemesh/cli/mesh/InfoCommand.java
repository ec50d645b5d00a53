package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.meshes.MeshReply.InfoResult;
import dev.claudemesh.protocol.meshes.MeshRequest;
import picocli.CommandLine.Command;

/// A mesh at a glance.
@Does(Effect.READ)
@Command(
    name = "info",
    description = "Tell about a mesh: name, members, peers, groups, encryption.")
public final class InfoCommand extends MeshCommand {
  public InfoCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      InfoResult info = link.ask(new MeshRequest.Info());
      return Answer.of(info)
          .line(
              field(
                  "Mesh",
                  info.name().orElse(member.name())
                      + " ("
                      + info.slug().orElse(member.slug())
                      + ", id "
                      + info.mesh()
                      + ")"))
          .line(field("Broker", member.brokerUrl().toString()))
          .line(
              field(
                  "Members",
                  info.members().map(String::valueOf).orElse("?")
                      + ", "
                      + info.peers()
                      + " peers here now"))
          .line(field("Groups", info.groups().isEmpty() ? "none" : String.join(" ", info.groups())))
          .line(
              field(
                  "You",
                  info.yourName()
                      + (info.yourGroups().isEmpty()
                          ? ""
                          : ", in " + String.join(" ", info.yourGroups()))))
          .line(field("Encryption", encryption(info)))
          .next("claudemesh peers" + meshFlag(member));
    }
  }

  private static String encryption(InfoResult info) {
    boolean compat = info.encryption().filter("compat"::equals).isPresent();
    boolean custody = info.custody().filter("broker"::equals).isPresent();
    return (compat
            ? "direct messages end to end; group messages of old clients are in clear"
            : "end to end")
        + ", epoch "
        + info.epoch().orElse(1)
        + (custody ? "; the broker knows the mesh key (made by an old client)" : "");
  }

  private static String field(String name, String value) {
    return String.format("%-11s %s", name, SafeText.line(value));
  }
}
