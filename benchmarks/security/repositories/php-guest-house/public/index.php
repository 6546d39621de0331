<?php

require __DIR__ . '/../vendor/autoload.php';

use GuestHouse\Bookings;
use GuestHouse\Guests;
use GuestHouse\Papers;
use GuestHouse\Partners;
use GuestHouse\Views;

$data = getenv('GUEST_HOUSE_DATA') ?: __DIR__ . '/../data';
$bookings = new Bookings(new PDO("sqlite:$data/bookings.db"));
$papers = new Papers($data);
$partners = new Partners();
$guests = new Guests($bookings, $data . '/season.cache');

switch ($_GET['action'] ?? 'list') {
    case 'list':
        $guest = $_GET['guest'] ?? '';
        Views::bookings($guest, $bookings->find($guest));
        break;
    case 'calendar':
        echo json_encode([$bookings->sorted($_GET['by'] ?? ''), $guests->season()]);
        break;
    case 'invoice':
        echo $papers->invoice($_GET['name']);
        break;
    case 'menu':
        echo $papers->menu($_GET['name']);
        break;
    case 'archive':
        echo $papers->archive($_GET['month']);
        break;
    case 'print':
        $papers->printMenu($_POST['printer']);
        break;
    case 'import':
        $papers->importRates(file_get_contents('php://input'));
        break;
    case 'rooms':
        $papers->importRooms(file_get_contents('php://input'));
        break;
    case 'photo':
        echo base64_encode($partners->photo($_POST['address']));
        break;
    case 'price':
        echo $partners->exchangeRate($_GET['currency']), $partners->doorState();
        break;
    case 'enter':
        $guest = $guests->signIn($_POST['name'], $_POST['password']) ?? exit('Unknown guest');
        setcookie('avatar', $guests->avatar($guest['mail']), secure: true, httponly: true);
        $guests->preferences($_COOKIE['preferences'] ?? '');
        Views::goOn($_POST['next']);
        break;
    case 'booked':
        $body = file_get_contents('php://input');
        if ($guests->hookIsGenuine($body, $_SERVER['HTTP_X_SIGNATURE'])) {
            $partners->pushBooking(json_decode($body, true));
        }
        break;
    case 'confirm':
        if ($guests->confirmationIsGenuine($_GET['booking'], $_GET['signature'])) {
            Views::thanks($_GET['guest']);
        }
        Views::goBack($_GET['page'] ?? '');
        break;
}
