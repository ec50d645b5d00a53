package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.net.URI;

/// What the end of a connection, or a failure to make one, means. Pure.
///
/// @param problem what went wrong and what to do
record Verdict(Next next, Problem problem) {
  static final int REPLACED = 1000;
  static final int TOO_BIG = 1009;
  static final int KICKED = 4001;
  static final int BANNED = 4002;

  /// What to do about it.
  enum Next {
    /// Try again at once: the hello's timestamp was used already.
    AT_ONCE,
    /// Try again after a pause.
    LATER,
    /// Trying again cannot help.
    END
  }

  /// The broker answered the hello by an error.
  static Verdict ofRefusal(Problem refusal) {
    ProblemCode code = refusal.code();
    if (code == ProblemCode.REPLAYED) {
      return new Verdict(Next.AT_ONCE, refusal);
    }
    if (code == ProblemCode.HELLO_TIMEOUT || refusal.code().retryable()) {
      return new Verdict(Next.LATER, refusal);
    }
    return new Verdict(Next.END, new Problem(code, refusal.getMessage() + advice(code)));
  }

  private static String advice(ProblemCode code) {
    String what =
        switch (code) {
          case UNAUTHORIZED ->
              "This key is no member of the mesh: join again by a fresh invite (claudemesh join"
                  + " <link>)";
          case REVOKED -> "An admin removed this member; ask for a new invite";
          case BAD_SIGNATURE, MALFORMED ->
              "The key in config.json does not fit this member: restore the file, or join again by"
                  + " a fresh invite";
          case TIMESTAMP_SKEW ->
              "Set this machine's clock; it must be within a minute of the broker's";
          case MESH_NOT_FOUND -> "The mesh was deleted; remove it here with claudemesh leave";
          case SESSION_KEY_TAKEN, SESSION_KEY_UNPROVEN, BAD_SESSION_PUBKEY ->
              "Start the session anew, so that it gets a session key of its own";
          case ProblemCode other -> "Run claudemesh doctor";
        };
    return ". " + what + ".";
  }

  /// The socket was closed, by the broker or by the network.
  ///
  /// @param byOurselves whether it may have been a late hello of our own that took its place
  static Verdict ofClose(int code, String reason, URI broker, boolean byOurselves) {
    if (code == REPLACED && reason.equals("session_replaced") && !byOurselves) {
      return new Verdict(
          Next.END,
          new Problem(
              ProblemCode.ALREADY_AUTHENTICATED,
              "Another client connected with the same session key, and this one gave way to it."));
    }
    if (code == KICKED) {
      return new Verdict(
          Next.END,
          new Problem(
              ProblemCode.FORBIDDEN,
              "An admin ended this connection. Start the session again to come back."));
    }
    if (code == BANNED) {
      return new Verdict(
          Next.END,
          new Problem(
              ProblemCode.REVOKED,
              "An admin removed this member from the mesh. Ask for a new invite."));
    }
    String said = reason.isEmpty() ? "code " + code : reason;
    return new Verdict(
        Next.LATER,
        new Problem(
            ProblemCode.UNREACHABLE,
            "The connection to the broker at " + broker + " was lost (" + said + ")."));
  }

  static Verdict unreachable(URI broker, String why) {
    return new Verdict(
        Next.LATER,
        new Problem(
            ProblemCode.UNREACHABLE,
            "Cannot reach the broker at "
                + broker
                + ": "
                + why
                + ". Start it (claudemesh broker), or see what is wrong (claudemesh doctor)."));
  }
}
