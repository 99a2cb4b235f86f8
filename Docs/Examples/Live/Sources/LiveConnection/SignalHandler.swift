internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// The end of the channel's pipeline: turns what happens into signals, and does nothing else.
///
/// Nothing is read unless the connection asks for it, so at most what one read brings waits in the
/// signals.
final class SignalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let signals: AsyncStream<Signal>.Continuation
    private var received: ByteBuffer?

    init(_ signals: AsyncStream<Signal>.Continuation) {
        self.signals = signals
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if received == nil {
            received = buffer
        } else {
            received?.writeBuffer(&buffer)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush()
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted = event {
            let handler = try? context.pipeline.syncOperations.handler(
                type: NIOSSLClientHandler.self)
            signals.yield(.secured(handler?.tlsVersion.flatMap(SecurityLayer.init)))
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        flush()
        signals.yield(.ended(ConnectionError(onChannel: error)))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        flush()
        signals.yield(.ended(nil))
        context.fireChannelInactive()
    }

    private func flush() {
        if let received { signals.yield(.received(received)) }
        received = nil
    }
}

extension SecurityLayer {
    init?(_ version: TLSVersion) {
        switch version {
        case .tlsv12: self = .tls12
        case .tlsv13: self = .tls13
        default: return nil
        }
    }
}

extension ConnectionError {
    /// What an error on a channel means; `nil` for a connection that just ended.
    init?(onChannel error: any Error) {
        let text = String(describing: error)
        switch error {
        // TLS was not ended as it should be. The end tag of the stream tells whether all is there.
        case NIOSSLError.uncleanShutdown: return nil
        case is NIOSSLExtraError: self.init(.certificateRefused, text: text)
        case is NIOSSLError, is BoringSSLError:
            let isRefusal = text.contains("CERTIFICATE_VERIFY_FAILED")
            self =
                isRefusal
                ? Self(.certificateRefused, text: "nobody who is trusted vouches for it")
                : Self(.tlsFailed, text: text)
        default: self.init(.closedByPeer, text: text)
        }
    }
}
