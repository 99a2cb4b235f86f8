import PresenceKit
import PresenceTestKit
import RosterKit
import StanzaKit

/// Who logs in when everything has come to rest, and is told everything anew.
extension World {
    /// Lets a new resource of an account log in, and looks whether the others know what it is told.
    func compareWithNewcomer(to account: BareJID) {
        guard let address = try? JID(account).appending(resource: "newcomer") else { return }
        findings.moment = { "the end, \(address)" }
        let connection = server.makeConnection(as: address)
        let newcomer = RosterClient(connection.stream)
        connection.connect()
        try? newcomer.presence.send(Presence(priority: -128))
        compare(newcomer.roster, of: "\(address)", with: account)
        if isCandid { compareWithServer(newcomer, account) }
        for inhabitant in inhabitants
        where isCandid && inhabitant.address.bare == account && inhabitant.isAvailable {
            compare(inhabitant, with: newcomer.presence)
        }
        connection.disconnect()
        settle()
    }

    /// Looks whether a newcomer is told what the server has.
    private func compareWithServer(_ newcomer: RosterClient, _ account: BareJID) {
        for contact in server.accountAddresses where contact != account {
            let sees = server.record(of: contact, for: account).state.isSubscribedTo
            let told = newcomer.presence[contact].resources.map(WorldResource.init)
            let known = sees ? server.presence(of: contact).map(WorldResource.init) : []
            findings.expect(
                Set(told) == Set(known), "\(contact) has \(known), a newcomer sees \(told)")
        }
        let open = server.requests(to: account).compactMap(\.from?.bare)
        findings.expect(
            newcomer.presence.requests.map(\.jid).sorted() == open,
            "a newcomer is told of \(newcomer.presence.requests), and open is \(open)")
    }

    private func compare(_ inhabitant: Inhabitant, with newcomer: PresenceClient) {
        let presence = inhabitant.presence
        let own = presence.state.ownResources?.resources.map(WorldResource.init) ?? []
        let told = newcomer.state.ownResources?.resources.map(WorldResource.init) ?? []
        findings.expect(
            Set(own) == Set(told), "\(inhabitant) sees its own \(own), a newcomer \(told)")
        for other in inhabitants where other.address.bare != inhabitant.address.bare {
            compare(other, seenBy: inhabitant, with: newcomer)
        }
        let known = Set(WorldPeople.addresses)
        for contact in presence.contacts {
            let unknown = contact.resources.filter { resource in
                guard let name = resource.name,
                    let address = try? JID(contact.jid).appending(resource: name)
                else { return true }
                return !known.contains(address)
            }
            findings.expect(unknown.isEmpty, "\(inhabitant) sees \(unknown) of \(contact.jid)")
        }
    }

    /// Looks whether both see the same of a resource, but for what was meant for one of them alone.
    private func compare(
        _ other: Inhabitant, seenBy inhabitant: Inhabitant, with newcomer: PresenceClient
    ) {
        let name = other.address.resource
        let seen = inhabitant.presence[other.address.bare][name].map(WorldResource.init)
        let told = newcomer[other.address.bare][name].map(WorldResource.init)
        if seen == told {
            findings.expect(true, "")
            return
        }
        let viewers = [inhabitant.address, JID(inhabitant.address.bare)]
        let directed = viewers.compactMap { other.presence.state.own.directedPresence(to: $0) }
        var known = directed.map { WorldResource(name, $0) }
        let isGlimpsed = glimpsed.contains(WorldLook(at: other.address, by: inhabitant.address))
        if isGlimpsed && (told != nil || !directed.isEmpty) {
            known.append(WorldResource(name, Presence()))
        }
        let isAcceptedLate = acceptedLate.contains(
            WorldLook(at: other.address, by: inhabitant.address))
        let near = server.record(of: other.address.bare, for: inhabitant.address.bare).state
        let far = server.record(of: inhabitant.address.bare, for: other.address.bare).state
        // Who is shown presence that it did not ask for sees it until it logs in anew.
        let isSubscribed = near.isSubscribedTo == far.isSubscribedFrom && !isAcceptedLate
        if !isSubscribed && told == nil { return }
        let pair = WorldPair(account: inhabitant.address.bare, contact: other.address.bare)
        if unheard.contains(pair) && seen == nil { return }
        let isHidden = hidden.contains(WorldLook(at: other.address, by: inhabitant.address))
        findings.expect(
            seen.map(known.contains) ?? isHidden,
            "\(inhabitant) sees \(seen as Any) of \(other), a newcomer \(told as Any): \(near), \(far)"
        )
    }
}

/// A resource as it is compared.
struct WorldResource: Hashable, CustomStringConvertible {
    let description: String

    init(_ resource: ContactPresence.Resource) {
        self.init(resource.name, resource.presence)
    }

    init(_ presence: Presence) {
        self.init(presence.from?.resource, presence)
    }

    init(_ name: String?, _ presence: Presence) {
        let statuses = presence.statuses.map { "\($0.language ?? "")='\($0.text)'" }
        description = "\(name ?? "") \(presence.show as Any) \(statuses) \(presence.priority)"
    }
}
