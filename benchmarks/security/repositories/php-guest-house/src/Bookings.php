<?php

namespace GuestHouse;

use PDO;

class Bookings
{
    private const ORDERS = ['arrival' => 'arrival', 'room' => 'room, arrival', 'guest' => 'guest'];

    public function __construct(private PDO $db)
    {
    }

    public function find(string $guest): array
    {
        $sql = "SELECT id, room, arrival FROM bookings WHERE guest = '$guest'";
        return $this->db->query($sql)->fetchAll();
    }

    public function sorted(string $key): array
    {
        $order = self::ORDERS[$key] ?? 'arrival';
        $sql = "SELECT id, room, arrival FROM bookings ORDER BY $order";
        return $this->db->query($sql)->fetchAll();
    }

    public function guest(string $name): ?array
    {
        $statement = $this->db->prepare('SELECT * FROM guests WHERE name = ?');
        $statement->execute([$name]);
        return $statement->fetch(PDO::FETCH_ASSOC) ?: null;
    }
}
