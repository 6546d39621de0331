<?php

namespace GuestHouse;

class Views
{
    private const PAGES = ['rooms' => '/rooms.php', 'book' => '/book.php'];

    public static function bookings(string $guest, array $rows): void
    {
        echo "<h1>Bookings of $guest</h1>";
        foreach ($rows as $row) {
            echo '<p>' . htmlspecialchars($row['room']) . '</p>';
        }
    }

    public static function thanks(string $guest): void
    {
        $name = htmlspecialchars($guest);
        echo "<h1>Thank you, $name</h1>";
    }

    public static function goOn(string $address): void
    {
        header('Location: ' . $address);
    }

    public static function goBack(string $page): void
    {
        header('Location: ' . (self::PAGES[$page] ?? '/'));
    }
}
