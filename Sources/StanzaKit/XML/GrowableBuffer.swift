/// Memory of trivial values that grows by doubling, for the two hot loops: the tape of the stanza
/// that is being parsed, and the bytes that are being written.
///
/// `reserve` makes room once, `appendUnchecked` then writes without asking again.
@safe struct GrowableBuffer<Value: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Value>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        unsafe base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { unsafe base.deallocate() }

    /// Makes room for `extra` more values.
    @inline(__always)
    mutating func reserve(_ extra: Int) {
        if count &+ extra > capacity { grow(to: count + extra) }
    }

    @inline(__always)
    mutating func appendUnchecked(_ value: Value) {
        unsafe base[count] = value
        count &+= 1
    }

    @inline(__always)
    mutating func append(_ value: Value) {
        reserve(1)
        appendUnchecked(value)
    }

    /// Counts values that were written behind the last one, where ``reserve(_:)`` made room.
    @inline(__always)
    mutating func appendWritten(_ extra: Int) { count &+= extra }

    @inline(__always)
    mutating func append(_ values: UnsafePointer<Value>, count extra: Int) {
        reserve(extra)
        unsafe (base + count).update(from: values, count: extra)
        count &+= extra
    }

    /// Forgets the contents, and memory beyond `retained` values.
    mutating func removeAll(retaining retained: Int) {
        count = 0
        if capacity > retained {
            unsafe base.deallocate()
            unsafe base = .allocate(capacity: retained)
            capacity = retained
        }
    }

    mutating func removeLast() {
        precondition(count > 0, "nothing is left to remove")
        count &-= 1
    }

    /// A value; one that is not there is the end of the program, as for an array.
    @inline(__always)
    subscript(index: Int) -> Value {
        get {
            precondition(index >= 0 && index < count)
            return unsafe base[index]
        }
        _modify {
            precondition(index >= 0 && index < count)
            yield unsafe &base[index]
        }
    }

    /// Forgets the first `prefix` values and moves the others to the front.
    mutating func removeFirst(_ prefix: Int) {
        precondition(prefix <= count)
        unsafe base.update(from: base + prefix, count: count - prefix)
        count -= prefix
    }

    /// Where the next value goes.
    @inline(__always)
    var next: UnsafeMutablePointer<Value> { unsafe base + count }

    @inline(__always)
    var last: Value? { count == 0 ? nil : unsafe base[count &- 1] }

    var values: UnsafeBufferPointer<Value> { unsafe UnsafeBufferPointer(start: base, count: count) }

    @inline(never)
    private mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let grown = UnsafeMutablePointer<Value>.allocate(capacity: larger)
        unsafe grown.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = grown
        capacity = larger
    }
}
