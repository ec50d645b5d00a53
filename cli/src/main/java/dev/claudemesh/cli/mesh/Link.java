package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.KeyProofs;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import dev.claudemesh.protocol.presence.PresenceRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The connection of one command: others neither see it come nor go. Mesh keys that arrive on it
/// are kept.
public final class Link implements AutoCloseable {
  static final Duration READY = Duration.ofSeconds(15);

  private final MeshClient client;

  private Link(MeshClient client) {
    this.client = client;
  }

  /// What a client of this member is made of, before it is started.
  static MeshClient.Builder builder(Context context, Membership member, Purpose purpose) {
    return builder(context, member, member.identity(), purpose);
  }

  /// What a client is made of that lends tools under a key of its own.
  public static MeshClient.Builder hosting(Context context, Membership member, SecretKey key) {
    return builder(context, member, member.identity(key), Purpose.HOST);
  }

  private static MeshClient.Builder builder(
      Context context, Membership member, Identity identity, Purpose purpose) {
    Keyring keyring =
        new Keyring(
            member.keys(),
            key -> context.config().update(config -> config.withKey(member.meshId(), key)));
    HelloDetails details =
        HelloDetails.ofThisProcess(purpose)
            .heldTo(
                Optional.ofNullable(
                    context.environment().variables().get(HelloDetails.PERMISSIONS)));
    return MeshClient.builder(identity, details)
        .keyring(keyring)
        .keyPolicy((meshId, request, members) ->
            KeyProofs.refusal(meshId, member.owner(), request, members))
        .limits(ClientLimits.ONE_SHOT)
        .listener(new Talkative(context))
        .clock(context.clock());
  }

  /// Connects for one command.
  ///
  /// @throws dev.claudemesh.protocol.Problem if the broker cannot be reached, or does not take us
  public static Link open(Context context, Membership member) {
    return open(builder(context, member, Purpose.COMMAND));
  }

  /// Connects for one command that the broker may take long for.
  public static Link patient(Context context, Membership member, Duration patience) {
    return open(
        builder(context, member, Purpose.COMMAND)
            .limits(ClientLimits.ONE_SHOT.withCallTimeout(patience)));
  }

  /// Tells what went wrong on the side, such as a newcomer who is not handed the mesh key.
  static class Talkative implements MeshListener {
    private final Context context;

    Talkative(Context context) {
      this.context = context;
    }

    @Override
    public void warned(Problem problem) {
      context.terminal().warn(SafeText.line(problem.getMessage()));
    }
  }

  private static Link open(MeshClient.Builder builder) {
    MeshClient client = builder.start();
    try {
      client.ready(READY);
      return new Link(client);
    } catch (RuntimeException e) {
      client.close(Duration.ZERO);
      throw e;
    }
  }

  public static Link open(Context context, Membership member, MeshListener listener) {
    return open(builder(context, member, Purpose.COMMAND).listener(listener));
  }

  public MeshClient client() {
    return client;
  }

  HelloAck hello() {
    return client.hello().orElseThrow();
  }

  public <R extends Reply> R ask(Request<R> request) {
    return client.ask(request);
  }

  List<Peer> peers() {
    return ask(new PresenceRequest.ListPeers()).peers();
  }

  List<Member> members() {
    return ask(new MemberRequest.ListMembers()).members();
  }

  /// Turns names into keys.
  public Targets targets() {
    return new Targets(peers(), members());
  }

  @Override
  public void close() {
    client.close();
  }
}
