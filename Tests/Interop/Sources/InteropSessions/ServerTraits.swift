/// Where servers differ from RFC 6121 or XEP-0045, or from each other: each difference once, with
/// its reason, so that a test asks for it by name.
public struct ServerTraits: Sendable {
    /// Whether the server announces that it keeps approvals (RFC 6121, section 3.4). ejabberd has
    /// them from 24.x on.
    public var keepsApprovals = true
    /// Whether the roster shows them. Prosody keeps and honours approvals, but never sends the
    /// attribute.
    public var showsApprovals = true
    /// Whether an approval ends with `unsubscribed`. Prosody keeps it, and only removing the entry
    /// ends it.
    public var cancelsApprovals = true
    /// Whether an entry can be seen while a request of its contact waits and there is nothing else
    /// between the two. ejabberd hides it until the request is answered.
    public var showsEntriesWithRequest = true
    /// Whether removing an entry that there is not is refused with `item-not-found` (RFC 6121,
    /// section 2.5.3). ejabberd answers with a result, and pushes a removal.
    public var refusesToRemoveNothing = true
    /// Whether the payload of a request that waited for its addressee is kept. ejabberd 23.01 keeps
    /// the status and drops everything else, the nickname included.
    public var keepsPayloadOfRequests = true
    /// Whether a refused subscription reaches clients that asked for the roster and are not
    /// available. ejabberd sends subscription stanzas to available resources only.
    public var tellsUnavailableResources = true
    /// Whether a client is told that a request was taken back that it has not answered. RFC 6121
    /// has it both ways (section 3.3.3 and table 7 of appendix A); ejabberd tells nobody.
    public var tellsOfRequestsTakenBack = true
    /// Whether TLS for a domain that the server does not have gets as far as a certificate, of
    /// another domain. Prosody ends it before that, as RFC 6066 (section 3) lets it.
    public var showsCertificateToAll = true
    /// Whether an entry may be in two groups whose names are one after normalisation, as their
    /// bytes are two (RFC 6121, section 2.1.2.6). ejabberd prepares names of groups like resources,
    /// and refuses the two as one that is doubled.
    public var keepsGroupsOfOneNormalForm = true
    /// Whether a roster set without an item is a `bad-request` (RFC 6121, section 2.3.3). For
    /// ejabberd it is a request that nobody knows.
    public var explainsEmptyRosterSets = true
    /// Whether who unsubscribes, or removes the entry, is told that the contact is unavailable (RFC
    /// 6121, sections 2.5.2 and 3.3.3). Prosody lets the last presence stand.
    public var endsPresenceForWhoUnsubscribes = true
    /// Whether an entry stays whose contact asked and was declined. ejabberd drops it with name and
    /// groups, and pushes nothing, if by then nothing else is between the two; nor does it push that
    /// the last of that else went while the request was waiting.
    public var keepsEntriesOfDeclined = true
    /// Whether the version of a push is that of the roster with this push and all before it.
    /// ejabberd writes a change, and when it pushes it reads which version there is by then. Where
    /// it stops between the two, clients have a version whose changes they were not told, and
    /// after the restart it says that nothing changed.
    public var pushesVersionsOfWhatTheyTell = true
    /// Whether a connection that was lost is told unavailable before another one with the same
    /// resource is told available. At ejabberd the process of the lost one may do so later, and who
    /// is online is then taken for gone until it sends presence again.
    public var tellsLostConnectionsFirst = true
    /// Whether what was pushed holds, and both accounts of a subscription say the same of it, after
    /// a restart amid changes. At ejabberd an entry can come back whose removal was pushed before.
    public var keepsBothSidesInRestarts = true

    /// What is different at a server of that name; nothing at one that is not known.
    public init(of server: String) {
        switch server {
        case "prosody":
            showsApprovals = false
            cancelsApprovals = false
            showsCertificateToAll = false
            endsPresenceForWhoUnsubscribes = false
        case "ejabberd":
            keepsApprovals = false
            showsEntriesWithRequest = false
            refusesToRemoveNothing = false
            keepsPayloadOfRequests = false
            tellsUnavailableResources = false
            tellsOfRequestsTakenBack = false
            keepsGroupsOfOneNormalForm = false
            explainsEmptyRosterSets = false
            keepsEntriesOfDeclined = false
            pushesVersionsOfWhatTheyTell = false
            tellsLostConnectionsFirst = false
            keepsBothSidesInRestarts = false
        default: break
        }
    }
}
