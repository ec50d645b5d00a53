package dev.claudemesh.protocol;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Marks a request record as an operation. From it come the socket decoding, the HTTP route, the
/// MCP tool, plain CLI commands and the reference pages.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Operation {
  /// The wire name, in snake case.
  String type();

  /// One sentence a stranger understands: shown in `--help`, to the model, and in the reference.
  String summary();

  /// Who may call it.
  Access access();

  /// Method and path for calls without a socket, such as `POST /cli/mesh/:slug/invite`; path
  /// parameters are record components. Empty: socket only.
  String http() default "";

  /// Whether it may be called over the socket after the hello.
  boolean socket() default true;

  /// Whether the model sees it as an MCP tool.
  boolean tool() default false;

  /// Name of the MCP tool where it is not the wire name.
  String toolName() default "";

  /// Words of the plain CLI command, such as `task create`; empty where there is none or where it
  /// is written by hand. Required fields are its parameters, in order; the others its options.
  String cli() default "";

  /// The reference's clients expect no answer; we answer only a frame that carries a `_reqId`.
  boolean quiet() default false;

  /// What it does to the mesh, for the MCP hints.
  Effect effect() default Effect.WRITE;

  /// Whether the audit of the mesh keeps it. False only for what a client reports of itself over
  /// and over and for what the audit tells in another way (`peer_joined`); reading is never kept.
  boolean audited() default true;

  /// What calling an operation changes.
  enum Effect {
    /// Nothing.
    READ,
    /// Something, and calling it again with the same arguments changes nothing more.
    REPEATABLE,
    /// Something, each time.
    WRITE,
    /// Removes what others may rely on.
    DESTROY
  }
}
